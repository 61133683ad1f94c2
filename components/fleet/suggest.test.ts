import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, suggestion } from "./suggest";

test("a slip of the finger finds the word that was meant", () => {
  assert.equal(nearest("hugepagse", ["hugepages", "kernel"]), "hugepages");
  assert.equal(nearest("Isolated", ["isolated", "housekeeping"]), "isolated");
  assert.equal(nearest("prot", ["port", "host"]), "port");
});

test("what resembles nothing is not guessed at", () => {
  assert.equal(nearest("password", ["host", "port", "user"]), null);
  assert.equal(suggestion("password", ["host", "port"]), "there is host, port");
  assert.equal(suggestion("x", []), "there is none");
});
