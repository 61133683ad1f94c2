import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { nodeSelectorGiven as rule } from "./node-selector-given";
import { policy, types } from "./objects.fixture";

test("a label selects nodes", async () => {
  assert.deepEqual(await judge(rule, types.policy, policy({ nodeSelector: { dpdk: unknown } })), passes);
});

test("an empty selector and a missing one are refused", async () => {
  const empty = await judge(rule, types.policy, policy({ nodeSelector: {} }));
  assert.match(empty.violations.join(), /nodeSelector is empty, so that every node's NICs/);
  const missing = await judge(rule, types.policy, { spec: { resourceName: "nic" } });
  assert.match(missing.violations.join(), /nodeSelector is missing/);
});

test("a selector that is not known yet is left to the update", async () => {
  const { unjudged, violations } = await judge(rule, types.policy, policy({ nodeSelector: unknown }));
  assert.match(unjudged.join(), /can't be known during preview/);
  assert.deepEqual(violations, []);
});

test("a patch and other resources are left alone", async () => {
  assert.match((await judge(rule, types.policyPatch, {})).notApplicable.join(), /leaves the nodes to the policy/);
  assert.match((await judge(rule, types.poolConfig, {})).notApplicable.join(), /no SR-IOV policy/);
});
