import assert from "node:assert/strict";
import { test } from "node:test";
import { drifted } from "./drift";
import type { NodeAnswer, NodeStatus } from "./status";

const status = (stages: NodeStatus["stages"]): NodeStatus => ({
  node: "beta",
  bootId: "x",
  reboots: 1,
  kernelArguments: { asked: [], running: [], missing: [] },
  hugepages: [],
  isolated: { asked: "2-3", running: "2-3" },
  nics: [],
  dataPlane: null,
  stages,
});
const answer = (stages: NodeStatus["stages"]): NodeAnswer => ({ node: "beta", status: status(stages) });

test("a node of which a stage has changed is told with what was seen", () => {
  const found = drifted([
    answer({ files: { state: "ok", saw: "1 file" }, service: { state: "partial", saw: "failed" } }),
  ]);
  assert.deepEqual(found, [{ node: "beta", saw: "service partial, failed" }]);
});

test("a node that is right, cannot be verified, or does not answer is left to the engine", () => {
  const right = answer({ files: { state: "ok", saw: "" }, sysctl: { state: "unverifiable", saw: "" } });
  assert.deepEqual(drifted([right, { node: "alpha", error: "Connection refused" }]), []);
});
