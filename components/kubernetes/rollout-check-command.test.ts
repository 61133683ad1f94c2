import assert from "node:assert/strict";
import { test } from "node:test";
import { saidOf } from "./check.fixture";
import type { RolloutSpec } from "./rollout-check-command";

const spec: RolloutSpec = {
  ...{ workload: "validators", kind: "StatefulSet", namespace: "here", context: null },
  ...{ progressDeadlineSeconds: 0, generation: 1 },
};
const said = (answer: Parameters<typeof saidOf>[2]) => saidOf("rollout-check-command", spec, answer);
const status = (code: number, message: string) => ({
  ...{ code, type: "application/json" },
  body: JSON.stringify({ kind: "Status", message, code }),
});

test("a cluster that does not answer is waited for, and told", async () => {
  const line =
    /^kubernetes: validators: no other pod was ready within 0 s: the API server does not answer: .*ECONNREFUSED.*; see why the API server is not well/;
  assert.match(await said(null), line);
  assert.match(await said(status(503, "later")), /does not answer: it answers 503; see why/);
});

test("a login that may not look ends the wait at once, with what it needs", async () => {
  const line = /^kubernetes: validators: its roll-out cannot be followed: the API server answers 403; log in as/;
  assert.match(await said(status(403, "pods is forbidden")), line);
});

test("a workload that somebody has deleted meanwhile is told as that", async () => {
  assert.match(
    await said(status(404, "not found")),
    /there is no StatefulSet validators in here; somebody has deleted it/,
  );
});
