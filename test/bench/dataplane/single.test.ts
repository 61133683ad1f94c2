import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../figures";
import {
  consensusFigures,
  cpuTimeFigures,
  cyclesFigures,
  forwardingFigures,
  hostilePeerFigures,
  memoryFigures,
  singles,
  startTimeFigures,
} from "./single";

const rows = (figures: readonly Figure[]) =>
  figures.map(({ value, goal, reached, seed }) => [value, goal, reached, seed]);

test("forwarding is held against testpmd's rate", () => {
  const found = forwardingFigures({ forwarding: { values: [[10, 9.5]] } });
  assert.deepEqual(rows(found), [[0.95, 0.9, true, undefined]]);
});

test("cycles are those above the bare receive and send, of runs that belong together", () => {
  const [above, bare] = cyclesFigures({
    cycles: {
      values: [
        [50, 250],
        [60, 200],
        [70, 230],
      ],
    },
  }); // 200, 140, 160
  assert.deepEqual([above?.value, above?.reached, bare?.value], [160, false, 60]);
});

test("what a hostile peer costs is told for both backends", () => {
  const found = hostilePeerFigures({
    kernel: { answered: { values: [[100, 80]] } },
    dpdk: { answered: { values: [[100, 95]] } },
  });
  assert.deepEqual(rows(found), [
    [0.95, 0.9, true, undefined],
    [0.8, 0.9, false, undefined],
  ]);
});

test("a start counts without EAL's own part", () => {
  const kernel = { total_s: [0.1], eal_s: [0], beyond_s: [0.1] };
  const dpdk = { total_s: [1.4], eal_s: [0.2], beyond_s: [1.2] };
  assert.deepEqual(rows(startTimeFigures({ kernel, dpdk }))[0], [1.2, 1, false, undefined]);
});

test("memory and CPU time have the seed's number beside them", () => {
  const memory = memoryFigures({
    per_thousand_peers: { values: [[10, 6]] },
    per_thousand_peers_process: { values: [[10, 7]] },
    of_a_thousand_peers: { values: [[10, 50]] },
  });
  assert.deepEqual(rows(memory), [
    [0.6, null, null, 0.48],
    [0.7, null, null, undefined],
    [5, null, null, undefined],
  ]);
  const load = (offered_gbit: number) => ({ offered_gbit, cpu: { values: [[0.5, 0.2] as const] } });
  const cpu = cpuTimeFigures({ "1_gbit": load(1), "10_gbit": load(3.5) });
  assert.deepEqual(rows(cpu), [
    [0.4, 0.41, true, 0.41],
    [1, null, null, undefined],
    [0.4, 0.45, true, 0.45],
    [3.5, null, null, undefined],
  ]);
});

test("a run of many validators becomes three rows, each with the seed's number", () => {
  const seed = { propagation_p95_ms: 35, response_mean_ms: 52, missed_rounds_percent: 0.3 };
  const run = {
    system: "dpdk",
    loss: 0.01,
    propagation: { percentiles_ns: { 95: 7e6 } },
    response: { mean_ns: 9e6 },
    rounds_missed_percent: 0,
    seed,
  };
  const found = consensusFigures({ runs: [run] });
  assert.deepEqual(rows(found), [
    [7, null, null, 35],
    [9, null, null, 52],
    [0, null, null, 0.3],
  ]);
  assert.match(found[0]?.figure ?? "", /dpdk, 1 % loss/);
});

test("no two parts have one name, and no two loads one row", () => {
  const names = singles(1, "pictures").map(({ part }) => part);
  assert.equal(new Set(names).size, names.length);
  const load = { offered_gbit: 1, cpu: { values: [[1, 1] as const] } };
  const figures = cpuTimeFigures({ "1_gbit": load, "10_gbit": load }).map(({ figure }) => figure);
  assert.equal(new Set(figures).size, figures.length);
});
