import assert from "node:assert/strict";
import { test } from "node:test";
import { cpusOf } from "./cpu-list";

test("a list is read as the kernel reads it: numbers, ranges, strides, the last CPU and all of them", () => {
  const lists: [string, number[]][] = [
    ["0-2,5", [0, 1, 2, 5]],
    ["N", [7]],
    ["6-N", [6, 7]],
    ["0-7:1/4", [0, 4]],
    ["ALL", [0, 1, 2, 3, 4, 5, 6, 7]],
    ["managed_irq,3", [3]],
    ["", []],
  ];
  for (const [list, cpus] of lists) assert.deepEqual([...cpusOf(list, 7)], cpus, list);
});
