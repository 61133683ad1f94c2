import assert from "node:assert/strict";
import { test } from "node:test";
import { answered } from "./check-program";

test("a request that is taken and never answered ends with that as its reason", async () => {
  await assert.rejects(answered(new Promise(() => undefined), 0.05), /nothing was said within 0\.05 s/);
});

test("what is answered, well or not, is passed on", async () => {
  assert.equal(await answered(Promise.resolve(7)), 7);
  await assert.rejects(answered(Promise.reject(new Error("no"))), /^Error: no$/);
});
