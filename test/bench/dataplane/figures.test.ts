import assert from "node:assert/strict";
import { test } from "node:test";
import { packetFigures, transactionFigures } from "./figures";

const packets = { packets: { values: [[1, 40]] }, packets_gso_gro: { values: [[10, 25]] } } as const;

test("packets are held against the goal of their size, and what has none is only published", () => {
  const rows = (size: number) =>
    packetFigures(size, packets).map(({ value, goal, reached, seed }) => [value, goal, reached, seed]);
  assert.deepEqual(rows(64), [
    [40, 31, true, 31],
    [2.5, null, null, undefined],
  ]);
  assert.deepEqual(rows(1500)[0], [40, 2.6, true, 2.6]);
});

test("transactions and their latency have the seed's numbers beside them", () => {
  const found = { transactions: { values: [[2, 18]] }, p99_latency: { values: [[100, 8]] } } as const;
  const rows = transactionFigures(found).map(({ value, goal, reached, seed }) => [value, goal, reached, seed]);
  assert.deepEqual(rows, [
    [9, 10, false, 10],
    [0.08, 0.1, true, 0.096],
  ]);
});
