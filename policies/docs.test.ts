import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { profileSettings, rulesTables, withTables } from "./docs";
import { profiles, type RuleText } from "./rule";
import { rules } from "./rules";

const read = (file: string): string => readFileSync(join(__dirname, file), "utf8");

const example: RuleText = {
  name: "dpdk-example",
  displayName: "Example",
  description: "A is B.",
  why: "C | D.",
  source: "https://example.com/a_b(c, and docs/failures.md, 12",
  group: "sriov",
  severity: "low",
  levels: { lab: "disabled", staging: "advisory", mainnet: "mandatory" },
  remediationSteps: "Write B.",
  settings: { most: { type: "number", default: 3, description: "How many." } },
};

test("the README's tables and the profiles are current: npm run policies:docs", () => {
  const readme = read("README.md");
  assert.equal(readme, withTables(readme, rulesTables(rules)));
  assert.deepEqual(readdirSync(join(__dirname, "profiles")).sort(), profiles.map((name) => `${name}.json`).sort());
  for (const profile of profiles)
    assert.deepEqual(JSON.parse(read(`profiles/${profile}.json`)), profileSettings(rules, profile));
});

test("a row has all that a rule says of itself, and nothing in it ends a cell", () => {
  const [heading, , , , row] = rulesTables([example]).split("\n");
  assert.match(heading ?? "", /^### SR-IOV/);
  assert.equal(
    row,
    "| `dpdk-example` | A is B. *C \\| D.* | low | disabled, advisory, mandatory | `most` (default `3`): How many. " +
      "| [example.com](https://example.com/a_b(c), and docs/failures.md, 12 |",
  );
});

test("levels that are the same everywhere are one word, and a group without rules has no table", () => {
  const levels = { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" } as const;
  assert.match(rulesTables([{ ...example, levels }]), /\| low \| mandatory \| `most`/);
  assert.doesNotMatch(rulesTables([example]), /### (Host|Secrets)/);
});

test("a profile has every rule with its level there", () => {
  assert.deepEqual(profileSettings([example], "staging"), { "dpdk-example": "advisory" });
});

test("the place of the tables is found, whatever stands there, and is missed when it is gone", () => {
  const place = "a\n<!-- Made from the rules by `npm run policies:docs`. -->\nold\n<!-- Until here. -->\nb\n";
  const written = withTables(place, "new");
  assert.match(written, /^a\n<!-- Made .* -->\n\nnew\n\n<!-- Until here\. -->\nb\n$/);
  assert.equal(withTables(written, "new"), written);
  assert.throws(() => withTables("a", "new"), /lacks the line/);
});

test("every rule gives each profile a level that the others do not undercut: mainnet is the strictest", () => {
  const strictness = { disabled: 0, advisory: 1, mandatory: 2 };
  for (const { name, levels } of rules) {
    assert.ok(strictness[levels.lab] <= strictness[levels.staging], name);
    assert.ok(strictness[levels.staging] <= strictness[levels.mainnet], name);
  }
});
