import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, remedied, unknown } from "../resource.fixture";
import { drainLimited as rule } from "./drain-limited";
import { reasonKey } from "./objects";
import { types } from "./objects.fixture";

const pool = (maxUnavailable: string | number) => ({ spec: { maxUnavailable, nodeSelector: {} } });
const undrained = { metadata: { name: "default" }, spec: { disableDrain: true } };

test("a part of the nodes passes, and an operator that drains", async () => {
  for (const some of [1, 2, "1", "50%", "99%"])
    assert.deepEqual(await judge(rule, types.poolConfig, pool(some)), passes, String(some));
  assert.deepEqual(await judge(rule, types.operatorConfig, { spec: { disableDrain: false } }), passes);
  assert.deepEqual(await judge(rule, types.operatorConfig, {}), passes);
});

test("all nodes at once, and none ever, are refused", async () => {
  for (const all of ["100%", "120 %"])
    assert.match(
      (await judge(rule, types.poolConfig, pool(all))).violations.join(),
      /drained at once, and the fleet/,
      all,
    );
  for (const none of [0, "0%", "0"])
    assert.match((await judge(rule, types.poolConfig, pool(none))).violations.join(), /no node is ever drained/);
});

test("a pool without a limit is advised against, but in a patch or where it is about OVS", async () => {
  const { advice, violations } = await judge(rule, types.poolConfig, { spec: {} });
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /maxUnavailable is missing, which drains all nodes/);
  assert.deepEqual(await judge(rule, types.poolConfigPatch, { spec: {} }), passes);
  assert.deepEqual(
    await judge(rule, types.poolConfig, { spec: { ovsHardwareOffloadConfig: { name: "mcp" } } }),
    passes,
  );
  const noName = { spec: { ovsHardwareOffloadConfig: { name: "" } } };
  assert.equal((await judge(rule, types.poolConfig, noName)).advice.length, 1);
});

test("an operator that drains nothing is advised against, but with a reason or on a single node", async () => {
  const { advice, violations } = await judge(rule, types.operatorConfig, undrained);
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /disableDrain is true: pods lose their devices/);
  const excused = { ...undrained, metadata: { annotations: { [reasonKey]: "one rack, drained by hand" } } };
  assert.deepEqual(await judge(rule, types.operatorConfig, excused), passes);
  assert.deepEqual(await judge(rule, types.operatorConfig, undrained, { settings: { singleNode: true } }), passes);
});

test("what is not known yet is left to the update", async () => {
  assert.match((await judge(rule, types.poolConfig, pool(unknown))).unjudged.join(), /can't be known during preview/);
  const later = { spec: { disableDrain: unknown } };
  assert.match((await judge(rule, types.operatorConfig, later)).unjudged.join(), /can't be known during preview/);
});

test("all at once is mended to one, what is not known yet stays, and nothing else is changed", async () => {
  const wrong = { ...pool("100%"), metadata: { name: unknown } };
  assert.deepEqual(await remedied(rule, types.poolConfig, wrong), { ...pool(1), metadata: { name: unknown } });
  assert.equal(await remedied(rule, types.poolConfig, pool("50%")), null);
  assert.equal(await remedied(rule, types.operatorConfig, undrained), null);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.policy, {})).notApplicable, ["the resource says nothing of draining"]);
});
