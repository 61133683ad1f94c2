import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyResource } from "@pulumi/policy";
import { inputsOf, textsIn } from "./known";

const error = new Error("unknown");
const later = () => {
  throw error;
};
const resource = (type: string, props: object, propertyDependencies: object = {}) =>
  ({ type, props, propertyDependencies }) as unknown as PolicyResource;

test("texts within a value are its own, its keys and those of its parts; what is no text has none", () => {
  assert.deepEqual(
    textsIn(() => "a"),
    { texts: ["a"] },
  );
  assert.deepEqual(
    textsIn(() => ({ a: "b", c: ["d", { e: 1 }] })),
    { texts: ["a", "c", "b", "d", "e"] },
  );
  for (const value of [null, undefined, 7, true])
    assert.deepEqual(
      textsIn(() => value),
      { texts: [] },
    );
});

test("a part that is not known yet is told beside the texts that are", () => {
  const value = Object.defineProperty({ a: "b" }, "c", { get: later, enumerable: true });
  assert.deepEqual(
    textsIn(() => value),
    { texts: ["a", "c", "b"], error },
  );
  assert.deepEqual(textsIn(later), { texts: [], error });
});

test("a value that no resource is behind is as good as absent where it is not known", () => {
  const props = Object.defineProperty({ none: null, list: [{ a: 1 }] }, "later", { get: later });
  assert.equal(inputsOf(resource("t", props)).later, undefined);
  assert.throws(() => inputsOf(resource("t", props, { later: [{}] })).later, /unknown/);
  assert.equal(inputsOf(resource("t", props)).none, null);
  assert.equal(inputsOf(resource("t", props)).list[0].a, 1);
});
