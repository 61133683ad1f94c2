import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Container,
  containersOf,
  hugepagesOf,
  networkDevicesOf,
  type Pod,
  perContainer,
  podOf,
  resourcesOf,
} from "./pod";

const spec = { containers: [{ name: "c", image: "a" }] };
const podOfSpec = (props: object): Pod => {
  const pod = podOf({ type: "kubernetes:core/v1:Pod", props: { spec: props } });
  assert.ok(pod);
  return pod;
};
const container = (resources: object): Container => ({ where: "c", isInit: false, props: { resources } });
const unknownValue = (): never => {
  throw new Error("not known");
};

test("every kind of workload has its pod where Kubernetes has it", () => {
  const template = { metadata: { labels: { of: "template" } }, spec };
  const kinds: [type: string, props: object][] = [
    ["core/v1:PodTemplate", { template }],
    ["core/v1:ReplicationController", { spec: { template } }],
    ["apps/v1:Deployment", { spec: { template } }],
    ["apps/v1beta1:Deployment", { spec: { template } }],
    ["extensions/v1beta1:DaemonSet", { spec: { template } }],
    ["apps/v1:DaemonSet", { spec: { template } }],
    ["apps/v1:StatefulSet", { spec: { template } }],
    ["apps/v1:ReplicaSet", { spec: { template } }],
    ["batch/v1:Job", { spec: { template } }],
    ["batch/v1:CronJob", { spec: { jobTemplate: { spec: { template } } } }],
    ["core/v1:Pod", template],
  ];
  for (const [type, props] of kinds) {
    const pod = podOf({ type: `kubernetes:${type}`, props: { ...props } });
    assert.equal(pod?.kind, type.split(":")[1], type);
    assert.deepEqual(pod?.spec(), spec, type);
    assert.deepEqual(pod?.metadata(), { labels: { of: "template" } }, type);
    assert.equal(pod?.isPatch, false, type);
  }
});

test("a patch is a pod that says only a part of itself", () => {
  const patch = podOf({ type: "kubernetes:apps/v1:DeploymentPatch", props: { spec: { template: { spec } } } });
  assert.deepEqual(patch?.spec(), spec);
  assert.equal(patch?.kind, "Deployment");
  assert.equal(patch?.isPatch, true);
});

test("what makes no pod is none", () => {
  for (const type of [
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:PodList",
    "aws:ec2/instance:Instance",
    "x:y:Pod",
  ])
    assert.equal(podOf({ type, props: {} }), null, type);
});

test("a pod without a namespace is in default, and one without a spec has no containers", () => {
  const pod = podOf({ type: "kubernetes:core/v1:Pod", props: {} });
  assert.equal(pod?.namespace(), "default");
  assert.deepEqual(pod && containersOf(pod), []);
  const named = podOf({ type: "kubernetes:core/v1:Pod", props: { metadata: { namespace: "dpdk" } } });
  assert.equal(named?.namespace(), "dpdk");
});

test("containers are told by their place and name, init containers first", () => {
  const pod = podOfSpec({ containers: [{ name: "a" }, {}], initContainers: [{ name: "i" }] });
  assert.deepEqual(
    containersOf(pod).map((read) => [read().where, read().isInit]),
    [
      ["initContainers[0] (i)", true],
      ["containers[0] (a)", false],
      ["containers[1]", false],
    ],
  );
});

test("parts about one container that is not known do not hide those of another", () => {
  const pod = podOfSpec({ containers: [{ name: "a", bad: true }, { name: "b" }] });
  const parts = perContainer(pod, ({ props, where }) => (props.bad ? unknownValue() : [() => [where]]));
  assert.equal(parts.length, 2);
  assert.throws(() => parts[0]?.(), /not known/);
  assert.deepEqual(parts[1]?.(), ["containers[1] (b)"]);
});

test("where only a limit is written, the request is the limit", () => {
  const asked = resourcesOf(
    container({ requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", "hugepages-1Gi": "1Gi" } }),
  );
  const amounts = [...asked].map(([name, { request, limit }]) => [name, request, limit]);
  assert.deepEqual(amounts, [
    ["cpu", "1", "2"],
    ["memory", "1Gi", undefined],
    ["hugepages-1Gi", "1Gi", "1Gi"],
  ]);
  assert.equal(resourcesOf(container({ requests: null, limits: null })).size, 0);
});

test("an amount that is not known hides neither the names nor the other amounts", () => {
  const limits = Object.defineProperty({ cpu: "1" }, "hugepages-1Gi", { enumerable: true, get: unknownValue });
  const one = container({ limits });
  assert.deepEqual(hugepagesOf(one), ["hugepages-1Gi"]);
  assert.equal(resourcesOf(one).get("cpu")?.limit, "1");
  assert.throws(() => resourcesOf(one).get("hugepages-1Gi")?.limit, /not known/);
});

test("network devices are what a device plugin offers, and no accelerator, bridge or resource of Kubernetes", () => {
  const network = [
    "intel.com/sriov",
    "openshift.io/dpdk1",
    "rdma/hca_shared_devices_a",
    "nvidia.com/cx6_vf",
    "example.com/port0",
  ];
  const other = [
    ..."cpu memory hugepages-1Gi ephemeral-storage storage.kubernetes.io/x kubernetes.io/batch-cpu".split(" "),
    ..."nvidia.com/gpu nvidia.com/gpu.shared nvidia.com/pgpu x/vgpu nvidia.com/mig-1g.5gb amd.com/gpu google.com/tpu".split(
      " ",
    ),
    ..."xilinx.com/fpga-xilinx_u200 x/kvm x/tun x/vhost-net x/fuse x/i915 x/xe habana.ai/habana0 x/neuroncore x/cy0_dc".split(
      " ",
    ),
    ..."vpc.amazonaws.com/pod-eni vpc.amazonaws.com/PrivateIPv4Address intel.com/qat_generic aws.amazon.com/neurondevice.x".split(
      " ",
    ),
    ..."dsa.intel.com/wq iaa.intel.com/wq dlb.intel.com/pf sgx.intel.com/epc qat.intel.com/sym gpu.intel.com/tiles".split(
      " ",
    ),
    ..."power.intel.com/performance devices.kubevirt.io/sev ovs-cni.network.kubevirt.io/br1 smarter-devices/snd".split(
      " ",
    ),
    ..."squat.ai/audio management.workload.openshift.io/cores".split(" "),
  ];
  const limits = Object.fromEntries([...network, ...other].map((name) => [name, "1"]));
  assert.deepEqual(networkDevicesOf(container({ limits })), network);
});
