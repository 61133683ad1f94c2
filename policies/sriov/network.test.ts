import assert from "node:assert/strict";
import { test } from "node:test";
import { recordOf } from "./network";

test("a record is an object, and neither a list nor anything else", () => {
  assert.deepEqual(recordOf({ a: 1 }), { a: 1 });
  for (const value of [null, undefined, [], "a", 7, true]) assert.equal(recordOf(value), null, String(value));
});
