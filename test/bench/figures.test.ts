import assert from "node:assert/strict";
import { test } from "node:test";
import { beside, median, merged, ratio, seconds, table } from "./figures";

test("a figure is the median of its runs, with half the distance of the outer ones", () => {
  const { value, spread, reached } = seconds("a", [3, 1, 2], 2);
  assert.deepEqual([value, spread, reached], [2, 1, true]);
  assert.equal(seconds("a", [2.1], 2).reached, false);
});

test("of an even number of runs the median is between the two in the middle", () => {
  assert.equal(median("a", [10, 1, 3, 2], "cycles", null).value, 2.5);
});

test("what is measured again takes its place, what is not stays", () => {
  const [cold, old, fresh, more] = [
    seconds("cold", [9], null),
    seconds("warm", [2], null),
    seconds("warm", [1], null),
    seconds("more", [1], null),
  ] as const;
  assert.deepEqual(merged([cold, old], [fresh, more]), [cold, fresh, more]);
  assert.deepEqual(merged([], [fresh]), [fresh]);
});

test("a ratio is made of the runs that belong together, and is reached from its goal upwards", () => {
  const found = ratio("a", [10, 60, 30], [1, 10, 10], 5);
  assert.deepEqual([found.value, found.spread, found.unit, found.reached], [6, 3.5, "times", true]);
  assert.equal(ratio("a", [49], [10], 5).reached, false);
  assert.throws(() => ratio("a", [1, 2], [1], null), /2 runs against 1/);
  assert.match(table([found]), /6 times ±3\.5 .*120 % of at least 5 times$/);
  assert.match(table([ratio("a", [49], [10], 5)]), /98 % of at least 5 times {2}NOT REACHED$/);
});

test("the seed's own number stands beside a figure that has one", () => {
  const found = beside(130, median("a", [3, 1, 2], "cycles", 150));
  assert.deepEqual([found.value, found.seed, found.reached], [2, 130, true]);
  assert.match(table([found]), /2 cycles .*% of 150 cycles {2}\(seed: 130\)$/);
  assert.match(table([beside(undefined, seconds("a", [1], null))]), /1 s\s*$/);
});
