import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf } from "./figures";

const found = {
  packets: { values: [[1, 40]] },
  packets_gso_gro: { values: [[10, 25]] },
  transactions: { values: [[2, 18]] },
  p99_latency: { values: [[100, 8]] },
} as const;

test("each ratio is held against its goal, and what has none is only published", () => {
  const rows = figuresOf(64, found).map(({ value, goal, reached }) => [value, goal, reached]);
  assert.deepEqual(rows, [
    [40, 31, true],
    [2.5, null, null],
    [9, 10, false],
    [0.08, 0.1, true],
  ]);
});

test("transactions are told once, with the smallest packets", () => {
  assert.deepEqual(
    figuresOf(1500, found).map(({ value, goal }) => [value, goal]),
    [
      [40, 2.6],
      [2.5, null],
    ],
  );
});
