import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cpuSet, difference, formatCpuSet, intersection, parseCpuSet, union } from "./cpu-set";

const sets = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }).map(cpuSet);

test("a CPU list is read, sorted and written in ranges", () => {
  assert.deepEqual(parseCpuSet("8,0-3,2"), [0, 1, 2, 3, 8]);
  assert.equal(formatCpuSet([0, 1, 2, 3, 8, 10, 11]), "0-3,8,10-11");
  assert.deepEqual(parseCpuSet(""), []);
  assert.equal(formatCpuSet([]), "");
});

test("what is no CPU list is refused", () => {
  for (const text of ["a", "3-1", "1,,2", "1-", "-1", "1-2-3", "0-99999", "1.5", "0x3", "9999"]) {
    assert.equal(parseCpuSet(text), null, text);
  }
});

test("any CPU set survives being written and read", () => {
  fc.assert(fc.property(sets, (set) => assert.deepEqual(parseCpuSet(formatCpuSet(set)), set)));
});

test("the written form is the shortest: no two ranges touch", () => {
  fc.assert(
    fc.property(sets, (set) => {
      const ranges = formatCpuSet(set)
        .split(",")
        .map((range) => range.split("-").map(Number));
      for (let i = 1; i < ranges.length; i++) assert.ok((ranges[i]?.[0] ?? 0) > (ranges[i - 1]?.at(-1) ?? 0) + 1);
    }),
  );
});

test("union, intersection and difference obey the algebra of sets", () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      assert.deepEqual(union(difference(a, b), intersection(a, b)), a);
      assert.deepEqual(union(a, b), union(b, a));
      assert.deepEqual(intersection(a, b), intersection(b, a));
      assert.deepEqual(intersection(difference(a, b), b), []);
      assert.equal(union(a, b).length + intersection(a, b).length, a.length + b.length);
    }),
  );
});
