import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { made, network, policy } from "./objects.fixture";
import { policyNameUnique as rule } from "./policy-name-unique";

const judged = (...resources: StackResource[]) => judgeStack(rule, resources);
const one = made("policy", policy(), "one");

test("another name, another namespace and another kind pass, and a name that Pulumi gives", async () => {
  assert.deepEqual(await judged(one, made("policy", policy({}, { name: "policy-b" }))), passes);
  assert.deepEqual(await judged(one, made("policy", policy({}, { namespace: "other" }))), passes);
  assert.deepEqual(await judged(one, made("network", network({}, { name: "policy-a" }))), passes);
  assert.deepEqual(await judged(made("policy", {}), made("policy", {}, "other")), passes);
});

test("one name for two is refused, told of the second by its URN, whatever the order", async () => {
  const two = made("policy", policy({ priority: 1 }), "two");
  for (const order of [
    [one, two],
    [two, one],
  ]) {
    const { violations } = await judged(...order);
    assert.match(violations.join(), /^two: SriovNetworkNodePolicy policy-a is made twice, by one too/);
  }
  assert.equal((await judged(made("network", network()), made("network", network(), "b"))).violations.length, 1);
  assert.equal((await judged(made("poolConfig", policy()), made("poolConfig", policy(), "b"))).violations.length, 1);
});

test("a name that is not known yet does not hide two that are", async () => {
  const { violations, unjudged } = await judged(made("policy", policy({}, { name: unknown }), "later"), one, {
    ...one,
    name: "two",
  });
  assert.equal(violations.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("a patch of a policy, and a policy alone, are left alone", async () => {
  const { notApplicable } = await judged(one, made("policyPatch", policy()));
  assert.deepEqual(notApplicable, ["the stack has no two SR-IOV policies or networks"]);
});
