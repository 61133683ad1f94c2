import assert from "node:assert/strict";
import { test } from "node:test";
import { mayShareNamespace, saidNamespace } from "./stack-pods";

test("a namespace is what a resource names, and nothing else", () => {
  assert.equal(saidNamespace({ metadata: { namespace: "dpdk" } }), "dpdk");
  for (const namespace of ["", null, undefined, 7]) assert.equal(saidNamespace({ metadata: { namespace } }), undefined);
  assert.equal(saidNamespace({}), undefined);
});

test("two resources may share a namespace that one of them does not name", () => {
  assert.equal(mayShareNamespace("a", "a"), true);
  assert.equal(mayShareNamespace("a", undefined), true);
  assert.equal(mayShareNamespace(undefined, "a"), true);
  assert.equal(mayShareNamespace("a", "b"), false);
});
