import assert from "node:assert/strict";
import { test } from "node:test";
import { podOf } from "./pod";
import {
  acceptsNoIommu,
  isInfrastructure,
  noIommuKey,
  podInRole,
  podOutsideInfrastructure,
  roleKey,
  roleOf,
  wholePodInRole,
} from "./role";

const pod = (spec: object, metadata: object = {}) => {
  const found = podOf({ type: "kubernetes:core/v1:Pod", props: { metadata, spec } });
  assert.ok(found);
  return found;
};
const withLimits = (...names: string[]) => ({
  containers: [
    { image: "node" },
    { image: "node", resources: { limits: Object.fromEntries(names.map((name) => [name, "1"])) } },
  ],
});
const withImage = (image: string, ...names: string[]) => {
  const limits = Object.fromEntries(names.map((name) => [name, "1"]));
  return { containers: [{ image, resources: { limits } }] };
};
const withPath = (path: string) => ({ volumes: [{ hostPath: { path } }] });
const unknownValue = (): never => {
  throw new Error("not known");
};

test("hugepages, a network device, or what a driver in a program needs make a DPDK pod", () => {
  const signs = [
    withLimits("hugepages-2Mi"),
    withLimits("intel.com/sriov"),
    { initContainers: withLimits("intel.com/sriov").containers },
    { volumes: [{ emptyDir: { medium: "HugePages" } }] },
    { volumes: [{ emptyDir: { medium: "HugePages-1Gi" } }] },
    withPath("/dev/vfio/vfio"),
    withPath("/dev/uio0"),
    withPath("/dev/hugepages/"),
    withPath("//mnt/huge"),
  ];
  for (const spec of signs) assert.equal(roleOf(pod(spec)), "dpdk", JSON.stringify(spec));
});

const databases = [
  ..."postgres postgresql spilo-17 crunchy-postgres timescaledb timescaledb-ha mysql mariadb percona-server".split(" "),
  ..."oracle/database mongo mongodb redis elasticsearch opensearch cassandra clickhouse clickhouse-server".split(" "),
  ..."openjdk eclipse-temurin".split(" "),
];

test("anything else is other: a web server, a program on a GPU, a database with hugepages of its own", () => {
  const others = [
    {},
    withLimits("cpu", "memory"),
    withLimits("nvidia.com/gpu"),
    withPath("/sys"),
    { volumes: [{ emptyDir: { medium: "Memory" } }] },
    withImage("docker.io/library/postgres:17", "hugepages-2Mi"),
    withImage("postgres@sha256:00", "hugepages-2Mi"),
    ...databases.map((image) => withImage(image, "hugepages-2Mi")),
  ];
  for (const spec of others) assert.equal(roleOf(pod(spec)), "other", JSON.stringify(spec));
  assert.equal(roleOf(pod(withImage("postgres", "hugepages-2Mi", "intel.com/sriov"))), "dpdk");
});

test("programs that bring devices to others are infrastructure, by their image or by the folders of plugins", () => {
  const images = [
    "ghcr.io/k8snetworkplumbingwg/sriov-network-device-plugin:v3.7.0",
    "nfvpe/sriov-device-plugin",
    "ghcr.io/networkservicemesh/cmd-forwarder-vpp@sha256:00",
    "quay.io/prometheus/node-exporter:v1",
    "registry.k8s.io/kube-proxy:v1.34.0",
    ..."sriov-cni ib-sriov-cni dra-driver-sriov sriov-network-metrics-exporter".split(" "),
    ..."sriov-network-operator sriov-network-config-daemon sriov-network-operator-config-daemon".split(" "),
    ..."network-resources-injector multus multus-cni whereabouts".split(" "),
    ..."rdma-shared-dp rdma-shared-dp-a k8s-rdma-shared-dev-plugin rdma-cni node-feature-discovery".split(" "),
    ..."userspacecni-a afxdp-device-plugin vpp-agent calicovpp/vpp ovs-daemons ovn-kubernetes antrea-ubuntu".split(" "),
    ..."cilium calico/node flannel kube-router mayastor-csi io-engine spdkcsi".split(" "),
    ..."longhorn-instance-manager longhorn-manager longhorn-engine".split(" "),
    ..."kube-vip metallb/speaker virt-handler cluster-node-tuning-operator kured".split(" "),
  ];
  for (const image of images) assert.equal(roleOf(pod(withImage(image, "hugepages-2Mi"))), "infrastructure", image);
  for (const image of ["my-sriov-cni-test", "node-exporter-dpdk", "registry/cilium/app"])
    assert.equal(roleOf(pod(withImage(image, "hugepages-2Mi"))), "dpdk", image);
  const folders = [
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet/plugins/x",
    "/var/lib/kubelet/plugins_registry",
    "/opt/cni/bin/",
    "/etc/cni/net.d",
    "/etc/kubernetes/cni/net.d",
    "/etc/kubernetes/node-feature-discovery/features.d",
  ];
  for (const path of folders)
    assert.equal(roleOf(pod({ ...withLimits("hugepages-2Mi"), ...withPath(path) })), "infrastructure", path);
  assert.equal(roleOf(pod({ ...withLimits("hugepages-2Mi"), ...withPath("/opt/cni/binaries") })), "dpdk");
});

test("a declared role goes before what is seen, as label or annotation, of the pod or of its workload", () => {
  const seen = withLimits("hugepages-2Mi");
  for (const role of ["infrastructure", "other"]) {
    assert.equal(roleOf(pod(seen, { labels: { [roleKey]: role } })), role);
    assert.equal(roleOf(pod(seen, { annotations: { [roleKey]: role } })), role);
  }
  assert.equal(roleOf(pod({}, { labels: { [roleKey]: "dpdk" } })), "dpdk");
  assert.equal(roleOf(pod(seen, { labels: { [roleKey]: "king" } })), "dpdk");
  for (const place of ["labels", "annotations"]) {
    const props = { metadata: { [place]: { [roleKey]: "infrastructure" } }, spec: { template: { spec: seen } } };
    const workload = podOf({ type: "kubernetes:apps/v1:DaemonSet", props });
    assert.equal(workload && roleOf(workload), "infrastructure", place);
  }
});

test("what is not known yet is thrown only where what is known does not tell", () => {
  const unknownOf = (name: string, rest: object = {}) =>
    Object.defineProperty(rest, name, { enumerable: true, get: unknownValue });
  const huge = { resources: { limits: { "hugepages-1Gi": "1Gi" } } };
  assert.equal(roleOf(pod({ containers: [unknownOf("image", { ...huge })] })), "dpdk");
  assert.equal(roleOf(pod({ containers: [unknownOf("resources"), huge] })), "dpdk");
  assert.equal(roleOf(pod({ containers: [huge], volumes: [unknownOf("hostPath")] })), "dpdk");
  assert.throws(() => roleOf(pod({ containers: [unknownOf("resources")] })), /not known/);
  assert.throws(() => roleOf(pod({ volumes: [unknownOf("hostPath")] })), /not known/);
  assert.throws(() => roleOf(pod({ containers: [huge] }, { labels: unknownOf(roleKey) })), /not known/);
  const declared = { labels: unknownOf(roleKey), annotations: { [roleKey]: "other" } };
  assert.equal(roleOf(pod({ containers: [huge] }, declared)), "other");
});

test("infrastructure is known apart from the other roles", () => {
  const resources = Object.defineProperty({ image: "node" }, "resources", { enumerable: true, get: unknownValue });
  assert.equal(isInfrastructure(pod({ containers: [resources] })), false);
  assert.equal(isInfrastructure(pod(withImage("sriov-cni"))), true);
  assert.equal(isInfrastructure(pod(withImage("sriov-cni"), { labels: { [roleKey]: "other" } })), false);
  assert.equal(isInfrastructure(pod({}, { labels: { [roleKey]: "infrastructure" } })), true);
});

test("a rule is told why it has nothing to say", () => {
  const type = "kubernetes:apps/v1:Deployment";
  const props = { spec: { template: { spec: {} } } };
  assert.equal(podInRole({ type: "aws:s3/bucket:Bucket", props: {} }, "other"), "the resource makes no pod");
  assert.equal(wholePodInRole({ type: "aws:s3/bucket:Bucket", props: {} }, "other"), "the resource makes no pod");
  assert.equal(podInRole({ type, props }, "dpdk", "infrastructure"), "the pod's role is other");
  assert.equal(podOutsideInfrastructure({ type: "aws:s3/bucket:Bucket", props: {} }), "the resource makes no pod");
  assert.equal(typeof podOutsideInfrastructure({ type, props }), "object");
  const plugin = { spec: { template: { spec: withImage("sriov-cni") } } };
  assert.equal(podOutsideInfrastructure({ type, props: plugin }), "the pod's role is infrastructure");
  assert.equal(typeof podInRole({ type: `${type}Patch`, props }, "other"), "object");
  assert.equal(wholePodInRole({ type: `${type}Patch`, props }, "other"), "a patch says only a part of a pod");
  assert.equal(typeof wholePodInRole({ type, props }, "other"), "object");
});

test("to run without an IOMMU is accepted by its own word and by no other", () => {
  assert.equal(acceptsNoIommu(pod({}, { annotations: { [noIommuKey]: "accepted" } })), true);
  for (const word of ["true", "yes", ""])
    assert.equal(acceptsNoIommu(pod({}, { labels: { [noIommuKey]: word } })), false);
  assert.equal(acceptsNoIommu(pod({})), false);
});
