import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { nicSelectorPinned as rule } from "./nic-selector-pinned";
import { policy, types } from "./objects.fixture";

const judged = (nicSelector: object) => judge(rule, types.policy, policy({ nicSelector: nicSelector as never }));

test("names, addresses and a cloud's filter pin a selector", async () => {
  for (const pin of [{ pfNames: ["eno1"] }, { rootDevices: ["0000:81:00.0"] }, { netFilter: "aws/NetworkID:0a1b" }])
    assert.deepEqual(await judged({ vendor: "8086", ...pin }), passes);
});

test("vendor and device alone are refused, and so is what is empty", async () => {
  for (const selector of [{ vendor: "8086", deviceID: "158b" }, { vendor: "8086", pfNames: [] }, { netFilter: "" }, {}])
    assert.equal((await judged(selector)).violations.length, 1, JSON.stringify(selector));
  assert.match(
    (await judged({ vendor: "8086", deviceID: "158b" })).violations.join(),
    /has deviceID and vendor, which/,
  );
  assert.match((await judged({})).violations.join(), /has nothing/);
});

test("a selector that may be pinned is left to the update, and one that is needs no more", async () => {
  assert.match((await judged({ vendor: "8086", pfNames: unknown })).unjudged.join(), /can't be known during preview/);
  assert.deepEqual(await judged({ pfNames: unknown, netFilter: "aws/NetworkID:0a1b" }), passes);
});

test("a patch and other resources are left alone", async () => {
  const patch = await judge(rule, types.policyPatch, { spec: { nicSelector: { vendor: "8086" } } });
  assert.deepEqual(patch.notApplicable, ["a patch leaves the selector to the policy"]);
  assert.deepEqual((await judge(rule, types.network, {})).notApplicable, ["the resource is no SR-IOV policy"]);
});
