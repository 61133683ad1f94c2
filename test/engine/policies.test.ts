import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import type { CommandResult } from "../../infra/cli/command";
import type { Rule } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { aws } from "./policy-cases/aws";
import { host } from "./policy-cases/host";
import { kubernetes } from "./policy-cases/kubernetes";
import { type Case, digest, example, local, type Made, plan, remote } from "./policy-cases/resources";
import { secrets } from "./policy-cases/secrets";
import { sriov } from "./policy-cases/sriov";
import { makeStack, type TestStack } from "./stack";

// The real engine runs the pack beside a program that makes the resources of the cases: what it refuses, no provider hears of.
const cases: Readonly<Record<string, Case>> = { ...host, ...kubernetes, ...sriov, ...aws, ...secrets };
// The engine asks rules about a whole stack only where no rule about one resource has refused anything: each kind has previews of its own.
const kinds = {
  "one resource": rules.filter((rule) => !("validateStack" in rule)),
  "a whole stack": rules.filter((rule) => "validateStack" in rule),
};
let stack: TestStack;

before(async () => {
  stack = await makeStack(join(__dirname, "policy-program"));
});

after(() => stack.remove());

afterEach(async () => {
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
});

test("every rule of the pack has a case", () => {
  assert.deepEqual(Object.keys(cases).sort(), rules.map(({ name }) => name).sort());
});

test("what is right passes a preview, and the preview says that the pack has run", async () => {
  const converge = local(`true dpdk-node-agent converge --image registry.example.com/node${digest}`);
  stack.configure({ later: "x", resources: { plan: plan({}), remote: remote({}), converge } });
  const { code, out, err } = await stack.pulumi("preview");
  assert.equal(code, 0, out + err);
  assert.match(out, /dpdk-fleet@v0\.1\.0/);
  assert.doesNotMatch(out, /mandatory|advisory/);
});

for (const [kind, judged] of Object.entries(kinds)) {
  test(`a violation of each rule about ${kind} is refused or advised against, by the rule's name and the value that is wrong`, async () => {
    const { code, out } = await previewWith(judged, ({ violates }) => violates[0]);
    if (judged.some(({ levels }) => levels.mainnet === "mandatory")) assert.notEqual(code, 0);
    for (const { name, levels } of judged) {
      assert.match(out, new RegExp(`\\[${levels.mainnet}\\].*${name} `), name);
      assert.match(out, cases[name]?.violates[1] as RegExp, name);
    }
  });

  test(`each rule about ${kind} says what it could not judge in a preview`, async () => {
    const { out } = await previewWith(judged, ({ unknown }) => unknown);
    for (const { name } of judged)
      assert.match(out, new RegExp(`can't run policy '${name}'.*can't be known during preview`), name);
  });
}

test("what a preview could not know is judged by up, before the resource is made", async () => {
  const bad = JSON.stringify({ ...example, wayIn: ["0000:01:00.0"] });
  const marker = join(stack.folder, "made");
  const judged = { type: "command:local:Command", props: { create: `touch ${marker}`, stdin: "LATER" } };
  stack.configure({ later: bad, resources: { judged } });
  assert.equal((await stack.pulumi("preview")).code, 0);
  const { code, out } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0);
  assert.match(out, /data0 \(0000:01:00\.0\) carries the SSH connection/);
  assert.throws(() => readFileSync(marker), /ENOENT/);
});

/** Previews the resources of these rules' cases, with no other rule. */
function previewWith(judged: readonly Rule[], of: (one: Case) => Made | readonly Made[]): Promise<CommandResult> {
  const resources = judged.flatMap(({ name }) => {
    const made = cases[name] === undefined ? [] : [of(cases[name])].flat();
    return made.map((each, at) => [`${name}-${at}`, each]);
  });
  stack.configure({ later: "x", resources: Object.fromEntries(resources) });
  const settings = join(stack.folder, "settings.json");
  const others = rules.filter((rule) => !judged.includes(rule));
  writeFileSync(settings, JSON.stringify(Object.fromEntries(others.map(({ name }) => [name, "disabled"]))));
  return stack.pulumi("preview", "--policy-pack-config", settings);
}
