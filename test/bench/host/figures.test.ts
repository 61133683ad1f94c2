import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf, type Round } from "./figures";

const round = (ours: number, ansible: number): Round => ({
  ours: { first: ours, second: ours / 2, up: 5, drift: ours / 4 },
  ansible: { first: ansible, second: ansible / 2, drift: ansible / 2 },
});
const peaks = {
  ssh: { mib: 9, processes: 2 },
  engine: { mib: 400, processes: 7 },
  ansible: { mib: 90, processes: 4 },
};

test("the two goals are ratios of the rounds, and the engine's own time is counted beside the first", () => {
  const found = figuresOf([round(20, 120), round(20, 100), round(40, 160)], peaks);
  const [first, drift, withEngine] = found;
  assert.deepEqual([first?.value, first?.spread, first?.goal, first?.reached], [5, 1, 5, true]);
  assert.deepEqual([drift?.value, drift?.goal, drift?.reached], [10, 10, true]);
  assert.deepEqual([withEngine?.value, withEngine?.goal], [4, null]);
});

test("every figure has a name of its own, and a machine", () => {
  const found = figuresOf([round(20, 120)], peaks);
  assert.equal(new Set(found.map(({ figure }) => figure)).size, found.length);
  for (const { machine } of found) assert.match(machine, /GiB/);
});
