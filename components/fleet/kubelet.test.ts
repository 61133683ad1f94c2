import assert from "node:assert/strict";
import { test } from "node:test";
import { KUBELET_DEFAULTS } from "../host/kubelet";
import { hostPlan } from "../host/plan";
import { hostPlanSchema } from "../host/plan-schema";
import { fleetValues, linesOf, node, type Path, read } from "./fleet.fixture";

type Changes = readonly (readonly [Path, unknown])[];
const bare = [node("dataPlane"), undefined] as const;

const planOf = (...changes: Changes) => hostPlan(read(fleetValues(...changes)), "validator");
const lineOf = (...changes: Changes) => {
  const lines = linesOf(fleetValues(...changes));
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0] ?? "";
};

test("a node that is no worker has no kubelet in its plan", () => {
  assert.equal("kubelet" in planOf(), false);
});

test("a worker's kubelet is told its node's own CPUs and memory, with every default filled in", () => {
  const [worker] = read(fleetValues(bare, [node("kubelet"), {}])).nodes;
  assert.deepEqual(worker?.kubelet, { ...KUBELET_DEFAULTS, labels: {} });
  const plan = planOf(bare, [node("kubelet"), {}]);
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
  const { content, ...rest } = plan.kubelet ?? { content: "" };
  assert.deepEqual(rest, {
    service: "kubelet.service",
    file: "/etc/kubernetes/kubelet.conf.d/60-dpdk-fleet.conf",
    stateFolder: "/var/lib/kubelet",
  });
  // Housekeeping is 0-1 of NUMA node 0 and 8-15 of node 1, so each keeps half of 1124Mi.
  assert.deepEqual(JSON.parse(content), {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cpuManagerPolicy: "static",
    reservedSystemCPUs: "0-1,8-15",
    memoryManagerPolicy: "Static",
    systemReserved: { memory: "512Mi" },
    kubeReserved: { memory: "512Mi" },
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "10%", "imagefs.available": "15%" },
    reservedMemory: [
      { numaNode: 0, limits: { memory: "575488Ki" } },
      { numaNode: 1, limits: { memory: "575488Ki" } },
    ],
    topologyManagerPolicy: "single-numa-node",
  });
  assert.ok(content.endsWith("}\n"));
});

test("what the fleet file says of it stands in the plan", () => {
  const kubelet = {
    configDirectory: "/etc/kubelet.d",
    service: "k3s.service",
    systemMemory: "1Gi",
    kubeMemory: "256Mi",
    topology: "best-effort",
  };
  const told = planOf(bare, [node("kubelet"), kubelet]).kubelet;
  assert.deepEqual([told?.service, told?.file], ["k3s.service", "/etc/kubelet.d/60-dpdk-fleet.conf"]);
  const { systemReserved, kubeReserved, topologyManagerPolicy } = JSON.parse(told?.content ?? "{}");
  assert.deepEqual(
    [systemReserved, kubeReserved, topologyManagerPolicy],
    [{ memory: "1Gi" }, { memory: "256Mi" }, "best-effort"],
  );
});

test("a node is a worker or has a data plane of its own", () => {
  assert.match(
    lineOf([node("service"), { runtime: "native" }], [node("kubelet"), {}]),
    /validator\.service: found "native"; the data plane of a worker is a pod \(DpdkWorkload\), not a unit; take out this, or kubelet$/,
  );
});

test("reservations leave room beside the hugepages, on every NUMA node that has some", () => {
  assert.match(
    lineOf(bare, [node("kubelet"), { systemMemory: "130Gi" }]),
    /kubelet\.systemMemory: found "130Gi"; with kubeMemory 512Mi and 100Mi for eviction .* are reserved on NUMA node 0, which has 60G beside its hugepages; reserve less/,
  );
});

test("pages that do not fit are told by themselves", () => {
  assert.match(lineOf(bare, [node("kubelet"), {}], [node("hugepages", 0, "pages"), [4, 70]]), /hugepages\[0\]/);
});

test("housekeeping CPUs that no NUMA node has cannot keep memory", () => {
  const numaNodes = [
    { cpus: "2-7", memory: "64G" },
    { cpus: "3", memory: "64G" },
  ];
  assert.match(
    lineOf(bare, [node("kubelet"), {}], [node("hardware", "numaNodes"), numaNodes]),
    /hardware\.numaNodes: has no housekeeping CPU in any NUMA node; write every CPU among them/,
  );
});

test("what the kubelet would not read is refused where it is written", () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["configDirectory", "kubelet.conf.d", /must be an absolute path of plain letters/],
    ["configDirectory", "/etc/../kubelet", /must be an absolute path of plain letters/],
    ["service", "kubelet", /must be a unit such as kubelet\.service/],
    ["systemMemory", "512M", /must be memory as Kubernetes writes it, such as 512Mi/],
    ["kubeMemory", "0Mi", /must be memory as Kubernetes writes it/],
    ["topology", "restricted", /must be single-numa-node or best-effort/],
    ["configDirectry", "/etc/kubernetes/kubelet.conf.d", /is no key here; did you mean configDirectory\?/],
  ];
  for (const [key, value, says] of wrong) assert.match(lineOf(bare, [node("kubelet"), { [key]: value }]), says);
});
