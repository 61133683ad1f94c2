import assert from "node:assert/strict";
import { test } from "node:test";
import { quantityOf } from "./quantity";

test("quantities are numbers, whatever their unit, and two ways of writing one are equal", () => {
  assert.equal(quantityOf("2Gi"), quantityOf("2048Mi"));
  assert.equal(quantityOf("500m"), 0.5);
  assert.equal(quantityOf("1k"), quantityOf("1e3"));
  assert.equal(quantityOf(4), quantityOf("4"));
});

test("each unit has its factor", () => {
  const units: [string, number][] = [
    ...["m", "u", "n"].map((unit, at): [string, number] => [unit, 1 / 1000 ** (at + 1)]),
    ...["k", "M", "G", "T", "P", "E"].map((unit, at): [string, number] => [unit, 1000 ** (at + 1)]),
    ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((unit, at): [string, number] => [unit, 1024 ** (at + 1)]),
  ];
  for (const [unit, factor] of units) assert.ok(Math.abs(quantityOf(`3${unit}`) / (3 * factor) - 1) < 1e-9, unit);
  assert.equal(quantityOf(".5"), 0.5);
});

test("what is no quantity is no number", () => {
  for (const text of ["", "2GB", "two", null, undefined, {}]) assert.ok(Number.isNaN(quantityOf(text)), String(text));
});
