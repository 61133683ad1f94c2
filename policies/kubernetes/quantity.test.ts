import assert from "node:assert/strict";
import { test } from "node:test";
import { quantityOf } from "./quantity";

test("quantities are numbers, whatever their unit, and two ways of writing one are equal", () => {
  assert.equal(quantityOf("2Gi"), quantityOf("2048Mi"));
  assert.equal(quantityOf("500m"), 0.5);
  assert.equal(quantityOf("1k"), quantityOf("1e3"));
  assert.equal(quantityOf(4), quantityOf("4"));
});

test("what is no quantity is no number", () => {
  for (const text of ["", "2GB", "two", null, undefined, {}]) assert.ok(Number.isNaN(quantityOf(text)), String(text));
});
