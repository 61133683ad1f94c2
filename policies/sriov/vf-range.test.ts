import assert from "node:assert/strict";
import { test } from "node:test";
import { overlap, vfRangesOf } from "./vf-range";

test("a name alone stands for all functions, a range for those that it lists", () => {
  const all = { pf: "eno1", first: 0, last: Number.POSITIVE_INFINITY, isWritten: false };
  const range = (first: number, last: number) => ({ pf: "eno1", first, last, isWritten: true });
  assert.deepEqual(vfRangesOf("eno1"), [all]);
  assert.deepEqual(vfRangesOf("eno1#0-3"), [range(0, 3)]);
  assert.deepEqual(vfRangesOf("eno1#0,2-7,9"), [range(0, 0), range(2, 7), range(9, 9)]);
  assert.deepEqual(vfRangesOf("0000:81:00.0#1-2"), [{ ...range(1, 2), pf: "0000:81:00.0" }]);
});

test("what is no range is null", () => {
  for (const text of ["", "#0-3", "eno1#", "eno1#a-b", "eno1#0-3#4", "eno1#0,", "eno1 #0-3"])
    assert.equal(vfRangesOf(text), null, text);
});

test("ranges of one function overlap where they share an index", () => {
  const of = (text: string) => (vfRangesOf(text) ?? [])[0] as NonNullable<ReturnType<typeof vfRangesOf>>[number];
  const cases: [string, string, boolean][] = [
    ["eno1#0-3", "eno1#3-5", true],
    ["eno1#3-5", "eno1#0-3", true],
    ["eno1#0-3", "eno1#4-7", false],
    ["eno1#4-7", "eno1#0-3", false],
    ["eno1", "eno1#6-7", true],
    ["eno1#0-3", "eno2#0-3", false],
  ];
  for (const [one, other, expected] of cases) assert.equal(overlap(of(one), of(other)), expected, `${one} ${other}`);
});
