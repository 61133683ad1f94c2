import assert from "node:assert/strict";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { type Judgement, type JudgeOptions, judge, judgeStack, passes, type StackResource } from "../resource.fixture";

export const instance = "aws:ec2/instance:Instance";
export const template = "aws:ec2/launchTemplate:LaunchTemplate";
export const nic = "aws:ec2/networkInterface:NetworkInterface";
export const attachment = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment";
export const subnet = "aws:ec2/subnet:Subnet";
export const nodeGroup = "aws:eks/nodeGroup:NodeGroup";

/** Tags of what is declared to be DPDK's. */
export const dpdk = { "pantheonchain.org/dpdk-role": "dpdk" };
export const bastion = { "pantheonchain.org/dpdk-role": "bastion" };
export const other = { "pantheonchain.org/dpdk-role": "other" };

/** What one rule says: `null` where it passes, `n/a` where it has nothing to say, else the only line, with its level. */
export type Says = null | "n/a" | { violates: RegExp } | { advises: RegExp } | { unjudged: true };

export type Props = Record<string, JavaScriptValue>;

/** A table of resources and of what a rule says of each. */
export async function says(
  rule: ResourceValidationPolicy,
  cases: readonly (readonly [type: string, props: Props, says: Says])[],
  options: JudgeOptions = {},
): Promise<void> {
  for (const [type, props, expected] of cases)
    holds(await judge(rule, type, props, options), expected, JSON.stringify(props));
}

/** The same for stacks. */
export async function saysOfStack(
  rule: StackValidationPolicy,
  cases: readonly (readonly [resources: readonly StackResource[], says: Says])[],
  options: JudgeOptions = {},
): Promise<void> {
  for (const [resources, expected] of cases)
    holds(await judgeStack(rule, resources, options), expected, JSON.stringify(resources));
}

function holds(found: Judgement, expected: Says, what: string): void {
  const { violations, advice, unjudged } = found;
  if (expected === null) assert.deepEqual(found, passes, what);
  else if (expected === "n/a") {
    assert.equal(found.notApplicable.length, 1, what);
    assert.deepEqual({ ...found, notApplicable: [] }, passes, what);
  } else if ("unjudged" in expected) {
    assert.deepEqual([...violations, ...advice], [], what);
    assert.match(unjudged.join(), /can't be known during preview/, what);
  } else {
    const isError = "violates" in expected;
    const [lines, rest] = isError ? [violations, advice] : [advice, violations];
    assert.equal(lines.length, 1, `${what}: ${JSON.stringify(found)}`);
    assert.match(lines.join(), isError ? expected.violates : expected.advises, what);
    assert.deepEqual(rest, [], what);
  }
}

/** A resource that a preview knows nothing of, for others to depend on. */
export const later: StackResource = { type: "command:local:Command", name: "later", props: {} };
