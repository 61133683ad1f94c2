import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { judge, passes } from "../resource.fixture";
import { hostPlanOf } from "./plan";
import { plan } from "./plan.fixture";
import { hostRules } from "./rules";

const planRules = hostRules.filter((rule) => "validateResource" in rule);

const command = (stdin: string) => ({ type: "command:local:Command", props: { stdin } });
const example = readFileSync(join(__dirname, "../../components/host/plan.example.json"), "utf8");

test("the contract's own example is read, and passes every rule about plans", async () => {
  assert.equal(hostPlanOf(command(example))?.node, "alpha");
  assert.equal(hostPlanOf({ ...command(example), type: "command:remote:Command" })?.node, "alpha");
  for (const rule of planRules) {
    const found = await judge(rule, "command:local:Command", { create: "converge", stdin: example });
    assert.deepEqual(found, passes, rule.name);
  }
});

test("other texts on a command's standard input are no plans", () => {
  const foreign = [
    '{"version":1,"node":"a","kernel":"6.1.0"}',
    '{"version":1,"kernel":{"arguments":[]}}',
    '{"version":"6.1.0-30","node":"a","kernel":{"arguments":[]}}',
  ];
  for (const text of ["", "hello", "{ not json", "[]", "null", "7", '{"version": 1}', "{}", ...foreign]) {
    assert.equal(hostPlanOf(command(text)), null, text);
  }
  assert.equal(hostPlanOf({ type: "aws:s3/bucket:Bucket", props: { stdin: example } }), null);
});

test("a plan of another version is an error that says what to do, never a plan that passes", () => {
  const other = command(JSON.stringify({ ...plan(), version: 2 }));
  assert.throws(() => hostPlanOf(other), /version 2, and these policies read version 1; take both from one release/);
});

test("a plan that lacks a part is refused by the part's name, not passed and not crashed on", async () => {
  const [rule] = planRules;
  assert.ok(rule);
  for (const part of ["hugepages", "memory", "cpus", "wayIn", "nics"]) {
    const stdin = JSON.stringify({ ...plan(), [part]: undefined });
    const { violations } = await judge(rule, "command:local:Command", { stdin });
    assert.equal(violations.join(), `node: the plan of alpha lacks ${part}, so it cannot be judged; give it`);
  }
});
