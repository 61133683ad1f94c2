import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseToml } from "smol-toml";
import { loadFleet } from "../fleet/load";
import type { FleetNode } from "../fleet/types";
import { renderConfigToml } from "./config-toml";
import { dataPlaneMistakes } from "./data-plane";
import { renderDpdkConf } from "./dpdk-conf";
import { readIni } from "./pair.fixture";
import { hostPlan } from "./plan";
import { hostPlanSchema } from "./plan-schema";
import { seedPair } from "./seed-pair.fixture";

const golden = (...path: string[]) => join(__dirname, "golden", ...path);

function nodeOf(file: string, name: string): FleetNode {
  const node = loadFleet(file).nodes.find((candidate) => candidate.name === name);
  assert.ok(node);
  return node;
}

/** Compares with what stands in golden/; UPDATE_GOLDEN=1 writes it. */
function assertGolden(path: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"), path);
}

test("the example plan is what its fleet file gives", () => {
  const expected = JSON.parse(readFileSync(join(__dirname, "plan.example.json"), "utf8"));
  assert.deepEqual(hostPlan(loadFleet(golden("example.fleet.yaml")), "alpha"), expected);
  assert.deepEqual(hostPlanSchema.parse(expected), expected);
});

test("the rendered pairs are the golden ones", () => {
  const pairs = {
    lab: nodeOf(join(__dirname, "../../stacks/lab.fleet.yaml"), "alpha"),
    corrected: nodeOf(golden("corrected.fleet.yaml"), "validator"),
  };
  for (const [folder, { dataPlane }] of Object.entries(pairs)) {
    assert.ok(dataPlane);
    assertGolden(golden(folder, "dpdk.conf"), renderDpdkConf(dataPlane.dpdkConf));
    assertGolden(golden(folder, "config.toml"), renderConfigToml(dataPlane.configToml));
    assert.deepEqual(dataPlaneMistakes(dataPlane, null), []);
  }
});

test("the seed's values are the seed's files", () => {
  const read = (file: string) => readFileSync(golden("seed", file), "utf8");
  assert.deepEqual(readIni(renderDpdkConf(seedPair.dpdkConf)), readIni(read("dpdk.conf")));
  assert.deepEqual(parseToml(renderConfigToml(seedPair.configToml)), parseToml(read("config.toml")));
});

test("the seed's pair is refused with its reasons", () => {
  const reasons = dataPlaneMistakes(seedPair, null).map(
    ({ key, value, remedy }) => `${key}: found ${value}; ${remedy}\n`,
  );
  assertGolden(golden("seed", "reasons.txt"), reasons.join(""));
  assert.equal(reasons.length, 2);
});

test("the corrected pair differs from the seed's only where it was wrong", () => {
  const seed = readIni(renderDpdkConf(seedPair.dpdkConf));
  const corrected = readIni(readFileSync(golden("corrected", "dpdk.conf"), "utf8"));
  assert.deepEqual({ ...corrected.performance, "mempool-size": "8192" }, seed.performance);
  const { "rss-queues": queues, ...advanced } = corrected.advanced ?? {};
  assert.equal(queues, "4");
  assert.deepEqual(advanced, seed.advanced);
  // systemd mounts hugepages at /dev/hugepages too, and EAL would take the first mount that it finds.
  assert.equal(corrected.global?.["eal-args"], `${seed.global?.["eal-args"]} --huge-dir=/mnt/huge`);
  assert.deepEqual([corrected.memory, corrected.ports], [seed.memory, seed.ports]);
});
