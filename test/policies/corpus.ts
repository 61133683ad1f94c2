import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readJudgeable } from "../../infra/cli/policy-input";
import type { CheckedResource } from "../../policies/check/resource";
import { runRules } from "../../policies/check/run";
import { configured } from "../../policies/check/settings";
import type { Rule } from "../../policies/rule";
import { ruleNumbers } from "./rule-numbers";

// Manifests and programs as people write them. A program is what `pulumi stack export` writes of its stack (.json). In corpus/bad/
// each says which rules must speak (numbers of rule-numbers.ts), and names a public thread in which such a mistake is told:
//
// - a manifest above its text, `# rule: 7` and `# thread: owner/name#12`;
// - a state, as JSON has no comments, by a key beside the engine's own: `"expect": { "rules": [29], "thread": "owner/name#12" }`.
//
// In corpus/good/ no rule may speak. What a rule could not read, a secret that the state has encrypted, is neither right nor wrong.
const folder = join(__dirname, "corpus");

export interface Manifest {
  /** `bad/bare-pod.yaml` */
  readonly name: string;
  readonly isGood: boolean;
  readonly rules: readonly number[];
  readonly threads: readonly string[];
  readonly resources: readonly CheckedResource[];
}

export function corpus(): Manifest[] {
  return ["good", "bad"].flatMap((kind) =>
    readdirSync(join(folder, kind))
      .sort()
      .map((file) => manifest(kind, file)),
  );
}

function manifest(kind: string, file: string): Manifest {
  const path = join(folder, kind, file);
  const text = readFileSync(path, "utf8");
  return {
    name: `${kind}/${file}`,
    isGood: kind === "good",
    ...(file.endsWith(".json") ? expectOf(text) : headerOf(text)),
    resources: readJudgeable(path).resources,
  };
}

type Expected = Pick<Manifest, "rules" | "threads">;

function headerOf(text: string): Expected {
  const header = (name: string) => [...text.matchAll(new RegExp(`^# ${name}: (.+)$`, "gm"))].map(([, value]) => value);
  return { rules: header("rule").map(Number), threads: header("thread").map(String) };
}

function expectOf(text: string): Expected {
  const { expect } = JSON.parse(text) as { expect?: { rules: number[]; thread: string } };
  return expect === undefined ? { rules: [], threads: [] } : { rules: expect.rules, threads: [expect.thread] };
}

/** What the pack said of a manifest, against what it should have. */
export interface Comparison {
  readonly manifest: Manifest;
  readonly caught: readonly number[];
  /** Numbers of rules that are there and said nothing. */
  readonly missed: readonly number[];
  /** Numbers that no rule has yet. */
  readonly without: readonly number[];
  /** What a rule said that nobody expected: `RULE: message`. */
  readonly falseAlarms: readonly string[];
}

export async function compare(manifest: Manifest, rules: readonly Rule[]): Promise<Comparison> {
  const all = await runRules(configured(rules, "mainnet", {}), manifest.resources);
  const verdicts = all.filter(({ level }) => level !== "unjudged");
  const said = new Set(verdicts.map(({ rule }) => rule.name));
  const rulesOf = (number: number) =>
    (ruleNumbers[number] ?? []).filter((name) => rules.some((one) => one.name === name));
  const expected = manifest.rules.flatMap(rulesOf);
  const there = manifest.rules.filter((number) => rulesOf(number).length > 0);
  const speaks = (number: number) => rulesOf(number).some((name) => said.has(name));
  return {
    manifest,
    caught: there.filter(speaks),
    missed: there.filter((number) => !speaks(number)),
    without: manifest.rules.filter((number) => rulesOf(number).length === 0),
    falseAlarms: verdicts
      .filter(({ rule }) => !expected.includes(rule.name))
      .map(({ rule, message }) => `${rule.name}: ${message}`),
  };
}

/** A line a manifest where something is not as it should be, and the sums. */
export function comparisonTable(all: readonly Comparison[]): string {
  const rows = all.flatMap(({ manifest, missed, falseAlarms }) => [
    ...missed.map((number) => `${manifest.name}: missed rule ${number}`),
    ...falseAlarms.map((said) => `${manifest.name}: false alarm of ${said}`),
  ]);
  const sum = (of: (one: Comparison) => readonly unknown[]) => all.reduce((total, one) => total + of(one).length, 0);
  const good = all.filter(({ manifest }) => manifest.isGood).length;
  const without = [...new Set(all.flatMap((one) => one.without))].sort((a, b) => a - b);
  return [
    ...rows,
    `${good} good and ${all.length - good} bad manifests and programs: ${sum((one) => one.caught)} mistakes caught, ${sum((one) => one.missed)} missed, ` +
      `${sum((one) => one.falseAlarms)} false alarms`,
    ...(without.length > 0 ? [`no rule yet: ${without.join(", ")}`] : []),
  ].join("\n");
}
