import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, remedied, unknown } from "../resource.fixture";
import { enaOneFunction as rule } from "./ena-one-function";
import { policy, types } from "./objects.fixture";

const aws = (numVfs: number | string, netFilter = "aws/NetworkID:0a1b2c") =>
  policy({ numVfs, nicSelector: { netFilter } });

test("one function of a subnet passes, and so does what is no interface of AWS", async () => {
  assert.deepEqual(await judge(rule, types.policy, aws(1)), passes);
  assert.deepEqual(await judge(rule, types.policy, aws(8, "openstack/NetworkID:aws")), passes);
  assert.deepEqual(await judge(rule, types.policy, policy()), passes);
  assert.deepEqual(
    await judge(rule, types.policyPatch, { spec: { nicSelector: { netFilter: "aws/NetworkID:1" } } }),
    passes,
  );
});

test("more functions, and none written, are refused", async () => {
  assert.match(
    (await judge(rule, types.policy, aws(4))).violations.join(),
    /numVfs is 4; each of them is one function/,
  );
  const patch = { spec: { numVfs: 4, nicSelector: { netFilter: "aws/NetworkID:1" } } };
  assert.equal((await judge(rule, types.policyPatch, patch)).violations.length, 1);
  const none = { spec: { nicSelector: { netFilter: " aws/NetworkID : 0a" } } };
  assert.match((await judge(rule, types.policy, none)).violations.join(), /numVfs is missing/);
});

test("a subnet with its prefix is refused", async () => {
  const { violations } = await judge(rule, types.policy, aws(1, "aws/NetworkID:subnet-0a1b"));
  assert.match(violations.join(), /netFilter names subnet-0a1b;.*write aws\/NetworkID:0a1b$/);
});

test("a number that is not known yet does not hide a prefix", async () => {
  const { violations, unjudged } = await judge(rule, types.policy, aws(unknown, "aws/NetworkID:subnet-0a1b"));
  assert.equal(violations.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("both are mended, what is not known yet stays, and what is right is left alone", async () => {
  const wrong = { ...aws(4, "aws/NetworkID:subnet-0a1b"), metadata: { name: unknown } };
  assert.deepEqual(await remedied(rule, types.policy, wrong), {
    ...aws(1, "aws/NetworkID:0a1b"),
    metadata: { name: unknown },
  });
  assert.deepEqual(await remedied(rule, types.policy, aws(4)), aws(1));
  assert.deepEqual(
    await remedied(rule, types.policy, aws(1, "aws/NetworkID:subnet-0a1b")),
    aws(1, "aws/NetworkID:0a1b"),
  );
  assert.equal(await remedied(rule, types.policy, aws(1)), null);
  assert.equal(await remedied(rule, types.policy, policy()), null);
  assert.equal(await remedied(rule, types.network, {}), null);
  const patch = { spec: { nicSelector: { netFilter: "aws/NetworkID:1" } } };
  assert.equal(await remedied(rule, types.policyPatch, patch), null);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.network, {})).notApplicable, ["the resource is no SR-IOV policy"]);
});
