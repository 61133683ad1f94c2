import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelArgument, sizeKiB, toldPages } from "./arguments";

test("an argument is cut at its first sign, and its key is written as the kernel reads it", () => {
  assert.deepEqual(kernelArgument("nohz-full=2-3"), { key: "nohz_full", value: "2-3", token: "nohz-full=2-3" });
  assert.deepEqual(kernelArgument("quiet"), { key: "quiet", value: "", token: "quiet" });
  assert.deepEqual(kernelArgument("=x"), { key: "", value: "x", token: "=x" });
});

test("a size is a number and a letter, and anything else is none", () => {
  const sizes: [string, number][] = [
    ["2048", 2],
    ["64K", 64],
    ["2m", 2048],
    ["1GB", 1024 ** 2],
    ["1T", 1024 ** 3],
    ["x", 0],
  ];
  for (const [text, kib] of sizes) assert.equal(sizeKiB(text), kib, text);
});

test("what is no number of pages is none", () => {
  assert.deepEqual(toldPages(["hugepages=x"]), [
    { token: "hugepages=x", kib: 2048, counts: [{ numaNode: null, pages: 0 }] },
  ]);
});
