import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { policy, types } from "./objects.fixture";
import { priorityExplicit as rule } from "./priority-explicit";

test("a priority passes, 0 too", async () => {
  for (const priority of [0, 99]) assert.deepEqual(await judge(rule, types.policy, policy({ priority })), passes);
});

test("a missing priority is advised against", async () => {
  const { violations, advice } = await judge(rule, types.policy, { spec: {} });
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /the webhook makes it 99 \(lowest\), without the webhook it is 0 \(highest\)/);
});

test("a priority that is not known yet is left to the update", async () => {
  assert.match(
    (await judge(rule, types.policy, policy({ priority: unknown }))).unjudged.join(),
    /priority can't be known/,
  );
});

test("a patch and other resources are left alone", async () => {
  assert.match((await judge(rule, types.policyPatch, {})).notApplicable.join(), /leaves the priority to the policy/);
  assert.match((await judge(rule, types.network, {})).notApplicable.join(), /no SR-IOV policy/);
});
