import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, seconds } from "./figures";

test("a figure is the median of its runs, with half the distance of the outer ones", () => {
  const { value, spread, reached } = seconds("a", [3, 1, 2], 2);
  assert.deepEqual([value, spread, reached], [2, 1, true]);
  assert.equal(seconds("a", [2.1], 2).reached, false);
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
