import assert from "node:assert/strict";
import { test } from "node:test";
import { type CapacityAsk, type CapacityNode, capacityProblem } from "./capacity";

const FUNCTION = "pantheonchain.org/data_plane";
const ask: CapacityAsk = {
  workload: "validators",
  pods: 1,
  amounts: { cpu: "2", memory: "512Mi", "hugepages-1Gi": "1Gi", [FUNCTION]: "1" },
  nodeSelector: { dpdk: "" },
};

function node(changes: Partial<CapacityNode> = {}): CapacityNode {
  return {
    name: "worker-1",
    labels: { dpdk: "" },
    takesPods: true,
    allocatable: { cpu: "4", memory: "8Gi", "hugepages-1Gi": "2Gi", [FUNCTION]: "2" },
    used: {},
    ...changes,
  };
}

const told = (changed: Partial<CapacityAsk>, ...nodes: CapacityNode[]) => {
  const problem = capacityProblem({ ...ask, ...changed }, nodes);
  return problem === null ? null : `${problem.what}; ${problem.remedy}`;
};

test("a node that has what a pod asks for is room, also where others hold the rest", () => {
  assert.equal(told({}, node()), null);
  assert.equal(told({}, node({ used: { cpu: "1900m", [FUNCTION]: "1", "hugepages-1Gi": "1Gi" } })), null);
});

test("a cluster without nodes, and labels that none has, are told as such", () => {
  assert.match(told({}) ?? "", /^the cluster has no nodes; let its workers join/);
  assert.match(told({}, node({ labels: {} })) ?? "", /^none of 1 nodes has the labels dpdk=; label the nodes/);
});

test("a resource that no node offers is told by its name", () => {
  const plain = node({ allocatable: { cpu: "4", memory: "8Gi", "hugepages-1Gi": "2Gi" } });
  assert.match(
    told({}, plain) ?? "",
    /^no node offers pantheonchain\.org\/data_plane \(1 asked\); see that a device plugin/,
  );
});

test("pages of another size than the node has are told with those that it has", () => {
  const small = node({ allocatable: { ...node().allocatable, "hugepages-1Gi": "0", "hugepages-2Mi": "512Mi" } });
  assert.match(
    told({}, small) ?? "",
    /^no node offers hugepages-1Gi \(1Gi asked\); worker-1 has 512Mi of 2Mi; set pages of 1Gi aside at boot/,
  );
});

test("functions that others hold are exhausted, and so are nodes of which a pod needs one each", () => {
  assert.match(
    told({}, node({ used: { [FUNCTION]: "2" } })) ?? "",
    /^1 pods need a node each and 0 of 1 nodes have room \(worker-1: pantheonchain\.org\/data_plane: 1 asked, 2 of 2 in use\)/,
  );
  assert.match(
    told({ pods: 2 }, node()) ?? "",
    /^2 pods need a node each and 1 of 1 nodes have room; free what others/,
  );
  const drained = node({ name: "worker-2", takesPods: false });
  assert.match(told({ pods: 2 }, node(), drained) ?? "", /1 of 2 nodes have room \(worker-2: takes no pods now\)/);
});
