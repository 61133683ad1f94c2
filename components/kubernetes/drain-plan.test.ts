import assert from "node:assert/strict";
import { test } from "node:test";
import { drainPool } from "./drain-plan";

const nodeSelector = { dpdk: "yes" };

test("nodes of a pool are drained one after the other unless more may be", () => {
  assert.deepEqual(drainPool("pool", { nodeSelector }).spec, {
    maxUnavailable: 1,
    nodeSelector: { matchLabels: nodeSelector },
  });
  assert.equal(drainPool("pool", { nodeSelector, maxUnavailable: 2 }).spec.maxUnavailable, 2);
});

test("a pool of every node, and one whose nodes can never be drained, are refused", () => {
  assert.throws(() => drainPool("pool", { nodeSelector: {} }), /pool: nodeSelector is empty/);
  for (const maxUnavailable of [0, 1.5])
    assert.throws(() => drainPool("pool", { nodeSelector, maxUnavailable }), /maxUnavailable is .*; write 1 or more/);
});
