import assert from "node:assert/strict";
import { test } from "node:test";
import { podTemplate } from "./pod";
import { workloadArgs } from "./workload.fixture";
import type { DpdkWorkloadArgs } from "./workload-args";

const pod = (changes: Partial<DpdkWorkloadArgs> = {}) =>
  podTemplate("validators", workloadArgs(changes), "validators-digest");
const node = (changes: Partial<DpdkWorkloadArgs> = {}) =>
  pod(changes).spec.containers[0] as ReturnType<typeof pod>["spec"]["containers"][0];
const nic = { resource: "openshift.io/data_plane" };

test("requests are the limits: CPUs, memory, hugepages, functions", () => {
  const { requests, limits } = node({ cpus: 4, memory: "1Gi", nic: { ...nic, count: 2 } }).resources;
  assert.deepEqual(requests, { cpu: "4", memory: "1Gi", "hugepages-1Gi": "1Gi", "openshift.io/data_plane": "2" });
  assert.deepEqual(limits, requests);
});

test("the volume of hugepages is of their size", () => {
  const volumes = pod({ hugepages: { size: "2Mi", amount: "64Mi" } }).spec.volumes;
  assert.deepEqual(volumes[1], { name: "hugepages", emptyDir: { medium: "HugePages-2Mi" } });
});

test("all capabilities are dropped, and those added that the NIC's mode needs", () => {
  const added = (mode: "vfio" | "bifurcated" | "af-xdp") =>
    node({ nic: { ...nic, mode } }).securityContext.capabilities;
  assert.deepEqual(added("vfio"), { drop: ["ALL"], add: ["IPC_LOCK", "SYS_NICE"] });
  assert.deepEqual(added("bifurcated").add, ["IPC_LOCK", "SYS_NICE", "NET_RAW"]);
  assert.deepEqual(added("af-xdp").add, ["IPC_LOCK", "SYS_NICE", "NET_RAW", "NET_ADMIN", "BPF"]);
});

test("the process is nobody's root and writes nowhere but its volumes", () => {
  assert.deepEqual(pod({ user: 1001 }).spec.securityContext, {
    runAsNonRoot: true,
    runAsUser: 1001,
    runAsGroup: 1001,
    fsGroup: 1001,
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.equal(node().securityContext.readOnlyRootFilesystem, true);
});

test("a pod of AF_XDP starts as root, which alone has its container's capabilities", () => {
  const { runAsNonRoot, runAsUser } = pod({ nic: { ...nic, mode: "af-xdp", networks: ["a"] } }).spec.securityContext;
  assert.deepEqual({ runAsNonRoot, runAsUser }, { runAsNonRoot: false, runAsUser: 0 });
});

test("networks are named one for each function; without Multus none are", () => {
  const named = pod({ nic: { ...nic, networks: ["sriov/data-plane"] } }).metadata.annotations;
  assert.equal((named as Record<string, string>)["k8s.v1.cni.cncf.io/networks"], "sriov/data-plane");
  assert.deepEqual(pod().metadata.annotations, {});
});

test("annotations of a runtime stand beside its class", () => {
  const annotations = { "cpu-load-balancing.crio.io": "disable" };
  const with_ = pod({ runtime: { class: "performance", annotations } });
  assert.equal((with_.spec as { runtimeClassName?: string }).runtimeClassName, "performance");
  assert.deepEqual(with_.metadata.annotations, annotations);
});

test("two pods of a workload are never on one machine", () => {
  const [rule] = pod().spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  assert.equal(rule?.topologyKey, "kubernetes.io/hostname");
});

test("probes ask over HTTP, and start nothing on CPUs that poll", () => {
  const { startupProbe, readinessProbe, livenessProbe } = node();
  for (const probe of [startupProbe, readinessProbe, livenessProbe])
    assert.deepEqual(probe.httpGet, { path: "/healthz", port: "metrics" });
});

test("a StatefulSet's pod reads the file of its name, a Deployment's the only one", () => {
  assert.equal(node().args[0], "--config=/etc/pantheonchain/$(POD_NAME).toml");
  assert.equal(node({ kind: "Deployment" }).args[0], "--config=/etc/pantheonchain/node.toml");
});

test("pods read the files of their own time: the ConfigMap is named by what is in it", () => {
  const [files] = pod().spec.volumes;
  assert.deepEqual(files, { name: "files", configMap: { name: "validators-digest", defaultMode: 0o440 } });
});
