import assert from "node:assert/strict";
import { test } from "node:test";
import { matches, withExceptions } from "./exceptions";

const resource = { name: "node", urn: "urn:pulumi:mainnet::fleet::t::node" };
const excepted = (pattern: string, until: string) =>
  withExceptions("wrong", [{ resource: pattern, reason: "moved", until }], resource, "2026-06-30");

test("an exception is meant by name or by URN, and lets pass until the end of its day", () => {
  for (const pattern of ["node", "n*", "urn:*::node"])
    assert.deepEqual(excepted(pattern, "2026-06-30"), {
      message: "excepted until 2026-06-30 (moved): wrong",
      excepted: true,
    });
  assert.deepEqual(excepted("other", "2026-06-30"), { message: "wrong", excepted: false });
  assert.deepEqual(excepted("node", "2026-06-29"), {
    message: "wrong (its exception, moved, ended on 2026-06-29)",
    excepted: false,
  });
});

test("a star stands for any text, and everything else for itself", () => {
  assert.ok(matches("a*c", "abc") && matches("*", "") && matches("a.c", "a.c"));
  assert.ok(!matches("a.c", "abc") && !matches("a", "ab") && !matches("b", "ab"));
});
