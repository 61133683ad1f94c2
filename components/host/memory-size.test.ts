import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatMemory, parseMemoryKiB } from "./memory-size";

test("sizes are powers of 1,024", () => {
  assert.equal(parseMemoryKiB("1536M"), 1_572_864);
  assert.equal(parseMemoryKiB("1.5G"), 1_572_864);
  assert.equal(parseMemoryKiB("64GiB"), 67_108_864);
});

test("what is no size is refused", () => {
  for (const text of ["", "64", "64GB", "-1G", "1 G", "0.0001K", "0M", "1e3M"])
    assert.equal(parseMemoryKiB(text), null, text);
});

test("any size survives being written and read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 29 }), (kiB) => assert.equal(parseMemoryKiB(formatMemory(kiB)), kiB)),
  );
});
