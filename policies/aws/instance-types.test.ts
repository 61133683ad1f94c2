import assert from "node:assert/strict";
import { test } from "node:test";
import { cardsOf, instanceType, nitroFamilies } from "./instance-types";

test("a name tells family, metal, CPU and threads", () => {
  const cases: [string, string, boolean, string | null, boolean][] = [
    ["c6in.32xlarge", "c6in", false, "intel", false],
    ["c5.metal", "c5", true, "intel", false],
    ["c8gn.metal-48xl", "c8gn", true, "arm", true],
    ["m6a.large", "m6a", false, "amd", false],
    ["m7a.large", "m7a", false, "amd", true],
    ["c7i-flex.large", "c7i-flex", false, "intel", false],
    ["a1.metal", "a1", true, "arm", true],
    ["im4gn.large", "im4gn", false, "arm", true],
    ["g5.xlarge", "g5", false, null, false],
    ["t4g.micro", "t4g", false, "arm", true],
  ];
  for (const [name, family, isMetal, cpu, isSingleThreaded] of cases) {
    const { size: _, ...found } = instanceType(name) as NonNullable<ReturnType<typeof instanceType>>;
    assert.deepEqual(found, { family, isMetal, cpu, isSingleThreaded }, name);
  }
  for (const none of ["", "large", undefined, "any type"]) assert.equal(instanceType(none), null);
});

test("the limits are those that AWS gives", () => {
  const cases: [string, readonly number[] | null][] = [
    ["c5n.18xlarge", [15]],
    ["c6in.32xlarge", [8, 8]],
    ["c6in.metal", [8, 8]],
    ["c7gn.16xlarge", [15]],
    ["c8gn.24xlarge", [24]],
    ["c8gn.48xlarge", [12, 12]],
    ["m8in.8xlarge", [8]],
    ["c8i.8xlarge", [10]],
    ["c7i.large", [3]],
    ["p5.48xlarge", null],
    ["nothing", null],
  ];
  for (const [name, cards] of cases) assert.deepEqual(cardsOf(name), cards, name);
});

test("families on Nitro are allowed, older and lent ones are not", () => {
  for (const family of ["c5n", "c6in", "c7gn", "c8gn", "m6idn", "r8gn", "c7i"])
    assert.ok(nitroFamilies.includes(family));
  for (const family of ["c4", "t3", "c7i-flex", "m4", "mac1"]) assert.ok(!nitroFamilies.includes(family));
});
