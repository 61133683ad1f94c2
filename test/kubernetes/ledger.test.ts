import assert from "node:assert/strict";
import { test } from "node:test";
import { ledger, type Pod } from "./ledger";

const pod = (name: string, workload: string, nodeName?: string, more: Partial<Pod["metadata"]> = {}): Pod => ({
  metadata: { name, namespace: "a", labels: { "app.kubernetes.io/instance": workload }, ...more },
  spec: { containers: [{ image: "i" }], ...(nodeName === undefined ? {} : { nodeName }) },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
});
const books = () => ledger(new Map([["n1", { functions: 2 }]]), { a: { functions: 1 }, b: { functions: 2 } });

test("a node with more on it than it has is told, also when it was so for one event only", () => {
  const { take, wrong } = books();
  take({ type: "ADDED", object: pod("a-0", "a", "n1") });
  assert.deepEqual(wrong, []);
  take({ type: "ADDED", object: pod("b-0", "b", "n1") });
  take({ type: "DELETED", object: pod("b-0", "b", "n1") });
  assert.deepEqual(wrong, ["n1 has 2 functions, and 3 are taken"]);
});

test("two pods of a workload on one node are told; a pod without a node and one that has ended take nothing", () => {
  const { take, wrong } = books();
  take({ type: "ADDED", object: pod("a-0", "a", "n1") });
  take({ type: "ADDED", object: pod("a-1", "a") });
  take({ type: "ADDED", object: { ...pod("a-2", "a", "n1"), status: { phase: "Succeeded" } } });
  assert.deepEqual(wrong, []);
  take({ type: "MODIFIED", object: pod("a-1", "a", "n1") });
  assert.deepEqual(wrong, ["n1 has two pods of a"]);
});

test("a pod that is being deleted is not ready, and the fewest are counted from the mark on", () => {
  const { take, mark, fewest, ready } = books();
  take({ type: "ADDED", object: pod("a-0", "a", "n1") });
  mark();
  take({ type: "MODIFIED", object: pod("a-0", "a", "n1", { deletionTimestamp: "now" }) });
  take({ type: "DELETED", object: pod("a-0", "a", "n1") });
  take({ type: "ADDED", object: pod("a-0", "a", "n1") });
  assert.deepEqual([fewest("a"), ready("a")], [0, 1]);
  mark();
  assert.equal(fewest("a"), 1);
});
