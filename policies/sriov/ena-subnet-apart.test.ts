import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, unknown } from "../resource.fixture";
import { enaSubnetApart as rule } from "./ena-subnet-apart";
import { made, policy } from "./objects.fixture";

const filter = (netFilter: string) => made("policy", policy({ nicSelector: { netFilter } }));
const aws = (type: string, props: object) => ({ type: `aws:${type}`, name: "nodes", props: props as never });
const instance = (subnetId: string) => aws("ec2/instance:Instance", { subnetId });

test("a subnet of its own passes, and so does a policy without a filter of AWS", async () => {
  assert.deepEqual(await judgeStack(rule, [filter("aws/NetworkID:0a"), instance("subnet-0b")]), passes);
  assert.deepEqual(await judgeStack(rule, [filter("openstack/NetworkID:0b"), instance(unknown)]), passes);
  for (const type of ["ec2/launchTemplate:LaunchTemplate", "eks/nodeGroup:NodeGroup"])
    assert.deepEqual(await judgeStack(rule, [filter("aws/NetworkID:0a"), aws(type, {})]), passes);
  const secondInterface = { networkInterfaces: [{ deviceIndex: 1, subnetId: "subnet-0a" }] };
  const template = aws("ec2/launchTemplate:LaunchTemplate", secondInterface);
  assert.deepEqual(await judgeStack(rule, [filter("aws/NetworkID:0a"), template]), passes);
});

test("the subnet of a node's first interface is refused", async () => {
  const wrong = [
    instance("subnet-0a"),
    aws("ec2/launchTemplate:LaunchTemplate", { networkInterfaces: [{ subnetId: "subnet-0a" }] }),
    aws("eks/nodeGroup:NodeGroup", { subnetIds: ["subnet-0b", "subnet-0a"] }),
  ];
  for (const node of wrong) {
    const { violations } = await judgeStack(rule, [filter("aws/NetworkID:0a"), node]);
    assert.match(violations.join(), /every interface of subnet 0a, and nodes has the first interface there/, node.type);
  }
});

test("subnets of the setting are refused too", async () => {
  const settings = { managementSubnets: ["subnet-0a"] };
  const { violations } = await judgeStack(rule, [filter("aws/NetworkID:0a")], { settings });
  assert.match(violations.join(), /the setting managementSubnets has the first interface there/);
});

test("a subnet that is not known yet is left to the update, and hides no other", async () => {
  const { unjudged } = await judgeStack(rule, [filter("aws/NetworkID:0a"), instance(unknown)]);
  assert.match(unjudged.join(), /can't be known during preview/);
  const both = await judgeStack(rule, [filter("aws/NetworkID:0a"), instance(unknown), instance("subnet-0a")]);
  assert.equal(both.violations.length, 1);
});

test("a stack without policies is left alone", async () => {
  assert.deepEqual((await judgeStack(rule, [instance("subnet-0a")])).notApplicable, ["the stack has no SR-IOV policy"]);
});
