import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { policy, types } from "./objects.fixture";
import { vfRangeFits as rule } from "./vf-range-fits";

const named = (pfNames: string[] | string, numVfs: number | string = 8) =>
  judge(rule, types.policy, policy({ numVfs, nicSelector: { pfNames } }));

test("names, and ranges of functions that are made, pass", async () => {
  assert.deepEqual(await named(["eno1", "eno2#0-7", "eno3#7-7"]), passes);
  assert.deepEqual(await judge(rule, types.policy, policy({ nicSelector: { vendor: "8086" } })), passes);
  const patch = { spec: { nicSelector: { pfNames: ["eno1#0-9"] } } };
  assert.deepEqual(await judge(rule, types.policyPatch, patch), passes);
});

test("what the operator cannot read, what ends first and what is not made is refused", async () => {
  const cases: [string, RegExp][] = [
    ["eno1#0", /pfNames\[0\] is eno1#0, which the operator cannot read/],
    ["eno1#0,2-3", /cannot read/],
    ["eno1#a-b", /cannot read/],
    ["eno1#3-1", /ends before it begins/],
    ["eno1#4-8", /eno1#4-8 and numVfs is 8, of which the last is 7/],
  ];
  for (const [text, says] of cases) assert.match((await named([text])).violations.join(), says, text);
});

test("what is not known yet does not hide the name beside it", async () => {
  const { violations, unjudged } = await named([unknown, "eno1#0"]);
  assert.match(violations.join(), /pfNames\[1\]/);
  assert.match(unjudged.join(), /can't be known during preview/);
  assert.match((await named(["eno1#0-1"], unknown)).unjudged.join(), /can't be known during preview/);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.network, {})).notApplicable, ["the resource is no SR-IOV policy"]);
});
