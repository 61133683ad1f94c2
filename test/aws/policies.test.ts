import assert from "node:assert/strict";
import { test } from "node:test";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { EnaFleet } from "../../components/aws/ena-fleet";
import { mainnet, mixed, oneVirtual } from "../../components/aws/fleet.fixture";
import type { EnaFleetArgs } from "../../components/aws/fleet-args";
import { type Made, madeBy } from "../../components/aws/made.fixture";
import { awsRules } from "../../policies/aws/rules";
import { type Judgement, judge, judgeStack } from "../../policies/resource.fixture";
import type { Rule } from "../../policies/rule";
import { secretRules } from "../../policies/secrets/rules";

// What EnaFleet makes, as the policy pack judges it: components and policies import nothing of one another, and must be of one mind.

type Props = Record<string, JavaScriptValue>;

/** What stops an update, or could not be told, of all that a fleet makes: `RULE: MESSAGE`. */
async function objections(args: EnaFleetArgs, change: (one: Made) => Made = (one) => one): Promise<string[]> {
  const { made } = await madeBy(() => new EnaFleet("dpdk-fleet", args));
  const own = made.filter(({ type }) => type.startsWith("aws:")).map(change);
  const judged = await Promise.all([...awsRules, ...secretRules].map((rule) => judgements(rule, own)));
  return judged.flat();
}

async function judgements(rule: Rule, made: readonly Made[]): Promise<string[]> {
  const lines = ({ violations, advice, unjudged }: Judgement) =>
    [...violations, ...advice, ...unjudged].map((line) => `${rule.name}: ${line}`);
  if ("validateStack" in rule) {
    const resources = made.map(({ type, name, inputs }) => ({
      type,
      name,
      props: { ...inputs, id: `${name}@${type.split(":").at(-1)}` } as Props,
    }));
    return lines(await judgeStack(rule, resources));
  }
  const found: string[] = [];
  for (const { type, inputs } of made) found.push(...lines(await judge(rule, type, inputs as Props)));
  return found;
}

test("one virtualised instance, and twenty mixed ones, are as the policies want them", async () => {
  assert.deepEqual(await objections(oneVirtual()), []);
  assert.deepEqual(await objections(mixed()), []);
});

test("of mainnet the policies object to the Elastic IPs alone, which are an exception that has its reason", async () => {
  const found = await objections(mainnet());
  assert.equal(found.length, 3);
  for (const line of found)
    assert.match(line, /^dpdk-no-public-ip-from-elsewhere: .*networkInterface is dpdk-fleet-validator-0\d-dpdk0/);
  const instances = mainnet().instances.map((one) => ({ ...one, elasticIp: false }));
  assert.deepEqual(await objections(mainnet({ instances })), []);
});

test("the policies do look: a template with IMDSv1, an interface at device 0 and SSH for all are told", async () => {
  const spoil = (one: Made): Made => {
    if (one.type.endsWith(":LaunchTemplate")) {
      const text = JSON.stringify(one.inputs)
        .replace('"required"', '"optional"')
        .replace('"deviceIndex":1', '"deviceIndex":0');
      return { ...one, inputs: JSON.parse(text) };
    }
    if (!one.type.endsWith(":SecurityGroupIngressRule")) return one;
    return { ...one, inputs: { ...one.inputs, cidrIpv4: "0.0.0.0/0" } };
  };
  const rules = (await objections(oneVirtual(), spoil)).map((line) => line.split(":")[0]);
  for (const rule of ["dpdk-imdsv2-required", "dpdk-interface-not-device-zero", "dpdk-no-world-open-ssh"])
    assert.ok(rules.includes(rule), `${rule} of ${rules}`);
});
