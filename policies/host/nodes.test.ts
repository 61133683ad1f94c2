import assert from "node:assert/strict";
import { test } from "node:test";
import { areTwo, comparable, type Entry } from "./nodes";

const entry = (node: string | null, address: string): Entry => ({
  urn: "",
  name: "",
  node,
  address,
  hostKey: () => null,
});

test("two entries are of two nodes by their names, and by their addresses where one has none", () => {
  assert.equal(areTwo(entry("a", "192.0.2.1:22"), entry("b", "192.0.2.1:22")), true);
  assert.equal(areTwo(entry("a", "192.0.2.1:22"), entry("a", "192.0.2.2:22")), false);
  for (const [one, other] of [
    ["a", null],
    [null, "a"],
    [null, null],
  ] as const) {
    assert.equal(areTwo(entry(one, "192.0.2.1:22"), entry(other, "192.0.2.1:22")), false);
    assert.equal(areTwo(entry(one, "192.0.2.1:22"), entry(other, "192.0.2.2:22")), true);
  }
});

test("a name and a number cannot be compared, two of one kind can", () => {
  assert.equal(comparable(entry(null, "alpha:22"), entry(null, "192.0.2.1:22")), false);
  assert.equal(comparable(entry(null, "alpha:22"), entry(null, "beta:22")), true);
  assert.equal(comparable(entry(null, "192.0.2.2:22"), entry(null, "192.0.2.1:22")), true);
});
