import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast, parseVersion } from "./versions";

test("versions are compared by number, not by text", () => {
  assert.equal(isAtLeast("v3.259.0", "3.245.0"), true);
  assert.equal(isAtLeast("v3.99.0", "3.245.0"), false);
  assert.equal(isAtLeast("v4.0.0-alpha.1", "3.245.0"), true);
  assert.equal(isAtLeast("3.245.0", "3.245.0"), true);
});

test("Go's versions are read with and without a third number", () => {
  assert.deepEqual(parseVersion("go1.26.8"), [1, 26, 8]);
  assert.deepEqual(parseVersion("go1.26"), [1, 26, 0]);
  assert.equal(isAtLeast("go1.19.8", "1.25.11"), false);
});

test("a text without a version is older than anything", () => {
  assert.equal(isAtLeast("unknown command", "3.245.0"), false);
});
