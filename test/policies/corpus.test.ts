import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../policies/rules";
import { compare, comparisonTable, corpus } from "./corpus";
import { ruleNumbers } from "./rule-numbers";

const manifests = corpus();

test("there are enough good and bad ones, each bad one with its rules and its thread", () => {
  const [good, bad] = [manifests.filter(({ isGood }) => isGood), manifests.filter(({ isGood }) => !isGood)];
  assert.ok(good.length >= 45 && bad.length >= 60, `${good.length} good, ${bad.length} bad`);
  for (const { name, rules: numbers, threads } of bad) {
    assert.ok(
      numbers.length > 0 && numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 53),
      name,
    );
    assert.equal(threads.length, 1, name);
    assert.match(threads[0] ?? "", /^[\w.-]+\/[\w.-]+#\d+$/, name);
  }
  for (const { name, rules: numbers, threads } of good) assert.deepEqual([numbers, threads], [[], []], name);
});

test("every number has its rules, and a bad manifest or program that breaks each of the numbers", () => {
  const numbers = Array.from({ length: 53 }, (_, at) => at + 1);
  assert.deepEqual(Object.keys(ruleNumbers).map(Number), numbers);
  const broken = new Set(manifests.flatMap((manifest) => manifest.rules));
  assert.deepEqual(
    numbers.filter((number) => !broken.has(number)),
    [],
  );
});

test("a state says what it breaks by a key of its own", () => {
  const state = manifests.find(({ name }) => name === "bad/imds-three-hops.json");
  assert.deepEqual([state?.rules, state?.threads], [[30], ["kubermatic/machine-controller#1833"]]);
});

test("what a state has encrypted is no false alarm", async () => {
  const state = manifests.find(({ name }) => name === "good/operators-network-secret.json");
  assert.ok(state !== undefined);
  const { falseAlarms } = await compare({ ...state, isGood: false }, rules);
  assert.deepEqual(falseAlarms, []);
});

test("every name of a number is a rule of the pack", () => {
  const known = rules.map(({ name }) => name);
  for (const name of Object.values(ruleNumbers).flat()) assert.ok(known.includes(name), name);
});

test("the pack misses no mistake of the corpus that it has a rule for, and sees none where there is none", async () => {
  const all = await Promise.all(manifests.map((manifest) => compare(manifest, rules)));
  const wrong = all.filter(({ missed, falseAlarms }) => missed.length + falseAlarms.length > 0);
  assert.equal(wrong.length, 0, comparisonTable(all));
});

test("a rule that is silent is told as missed, and one that speaks unasked as a false alarm", async () => {
  const manifest = manifests.find(({ name }) => name === "bad/latest.yaml");
  assert.ok(manifest !== undefined);
  const silent = await compare(
    manifest,
    rules.map((rule) => ({ ...rule, validateResource: () => undefined })),
  );
  assert.deepEqual([silent.caught, silent.missed], [[], [18]]);
  const unasked = await compare({ ...manifest, rules: [] }, rules);
  assert.equal(unasked.falseAlarms.length, 1);
  const table = comparisonTable([silent, unasked]);
  assert.match(
    table,
    /^bad\/latest\.yaml: missed rule 18\nbad\/latest\.yaml: false alarm of dpdk-image-by-digest: image of/,
  );
  assert.match(table, /0 good and 2 bad manifests and programs: 0 mistakes caught, 1 missed, 1 false alarms$/);
});
