import assert from "node:assert/strict";
import { test } from "node:test";
import { alarmed, RIGHT, score, scoreTable } from "./score";
import type { Finding } from "./tool";

const manifests = [
  { name: RIGHT, isGood: true, rules: [] },
  { name: "good/plugin.yaml", isGood: true, rules: [] },
  { name: "bad/latest.yaml", isGood: false, rules: [18] },
  { name: "bad/privileged.yaml", isGood: false, rules: [6, 7] },
  { name: "bad/bare-pod.yaml", isGood: false, rules: [14] },
];
const tool = { name: "a tool", checks: { 18: ["tag", "digest"], 6: ["privileged"], 7: ["capabilities"] } };

function scored(...pairs: (readonly [manifest: string, check: string])[]) {
  const findings: Finding[] = pairs.map(([manifest, check]) => ({ manifest, check }));
  return score(tool, { findings, elapsed: 3, cpu: 1.25 }, manifests);
}

test("a mistake is caught where one of the checks that are for it fails on its manifest, and missed otherwise", () => {
  const { caught, missed } = scored(["bad/latest.yaml", "digest"], ["bad/privileged.yaml", "privileged"]);
  assert.deepEqual(caught, ["bad/latest.yaml: 18", "bad/privileged.yaml: 6"]);
  assert.deepEqual(missed, ["bad/privileged.yaml: 7", "bad/bare-pod.yaml: 14"]);
});

test("a check that is for another mistake catches nothing, nor does the right one on another manifest", () => {
  assert.deepEqual(scored(["bad/latest.yaml", "privileged"], ["bad/bare-pod.yaml", "tag"]).caught, []);
});

test("noticed at most is each mistake of a manifest that fails a check which the right validator passes", () => {
  assert.equal(scored([RIGHT, "probes"], ["bad/latest.yaml", "probes"], ["bad/bare-pod.yaml", "probes"]).noticed, 0);
  assert.equal(scored([RIGHT, "probes"], ["bad/privileged.yaml", "probes"], ["bad/privileged.yaml", "age"]).noticed, 2);
});

test("what is said of good manifests is a false alarm, once for each object, and a manifest counts once as alarmed", () => {
  const one = scored(
    [RIGHT, "probes"],
    [RIGHT, "probes"],
    ["good/plugin.yaml", "privileged"],
    ["bad/latest.yaml", "tag"],
  );
  assert.equal(one.falseAlarms.length, 3);
  assert.equal(alarmed(one), 2);
});

test("the table has a row a tool", () => {
  const table = scoreTable([scored([RIGHT, "probes"], ["bad/latest.yaml", "tag"]), { ...scored(), tool: "another" }]);
  assert.deepEqual(table.split("\n").slice(2), [
    "| a tool | 1 | 3 | 1 | 1 | 1 | 1.3 s |",
    "| another | 0 | 4 | 0 | 0 | 0 | 1.3 s |",
  ]);
});
