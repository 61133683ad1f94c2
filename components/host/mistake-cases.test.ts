import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dataPlaneMistakes } from "./data-plane";
import { readPair } from "./pair.fixture";

// Pairs and the lines that they are told, which pantheon-node's own check reads too (native-image/src/config/test_mistakes.c): what one
// side learns, the other must. UPDATE_GOLDEN=1 writes the lines anew.
const file = join(__dirname, "../../native-image/src/config/mistakes.cases");
const text = readFileSync(file, "utf8");

interface Case {
  readonly name: string;
  readonly dpdkConf: string;
  readonly configToml: string;
  readonly reasons: string;
}

const pattern =
  /^(?<name>.*)\n--- dpdk\.conf\n(?<dpdkConf>.*?)--- config\.toml\n(?<configToml>.*?)--- reasons\n(?<reasons>.*)$/s;
const cases = text
  .split("=== ")
  .slice(1)
  .map((part) => pattern.exec(part)?.groups as unknown as Case);

/** The lines as pantheon-node writes them: without the checks that need a node, or know where dpdk.conf lies. */
function linesOf({ dpdkConf, configToml }: Case): string {
  return dataPlaneMistakes(readPair(dpdkConf, configToml), null)
    .map(({ key, value, remedy }) => `${key}: found ${value}; ${remedy}\n`)
    .join("");
}

test("every pair of pantheon-node's cases is told the same lines here", () => {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, updated());
  for (const each of cases) assert.equal(linesOf(each), each.reasons, each.name);
});

test("the cases have pairs that are right, pairs with one mistake and pairs with many", () => {
  const counts = cases.map(({ reasons }) => reasons.split("\n").length - 1);
  assert.ok(counts.filter((count) => count === 0).length >= 2);
  assert.ok(counts.filter((count) => count === 1).length >= 20);
  assert.ok(counts.filter((count) => count > 3).length >= 20);
});

function updated(): string {
  const texts = cases.map(
    (each) =>
      `=== ${each.name}\n--- dpdk.conf\n${each.dpdkConf}--- config.toml\n${each.configToml}--- reasons\n${linesOf(each)}`,
  );
  return texts.join("");
}
