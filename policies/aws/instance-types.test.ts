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
    ...["gr6", "p5", "inf2", "trn1", "dl1", "vt1", "f2", "mac2"].map(
      (family): [string, string, boolean, null, boolean] => [`${family}.xlarge`, family, false, null, false],
    ),
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

// As DescribeInstanceTypes gives them, family by family: `SIZE:CARD[+CARD]`.
const upTo7 =
  "medium:2 large:3 xlarge:4 2xlarge:4 4xlarge:8 8xlarge:8 9xlarge:8 12xlarge:8 16xlarge:15 18xlarge:15 24xlarge:15 " +
  "32xlarge:15 48xlarge:15 metal:15 metal-24xl:15 metal-48xl:15";
const from8 =
  "medium:2 large:3 xlarge:4 2xlarge:4 4xlarge:8 8xlarge:10 12xlarge:12 16xlarge:16 24xlarge:16 48xlarge:24 " +
  "metal-24xl:16 metal-48xl:24";
const perFamily: readonly (readonly [families: string, cards: string])[] = [
  ["c5 m5 r5 c5a m5a r5a c5d m5d r5d c5n m5n r5n m5dn r5dn c6a m6a r6a c6i m6i r6i c6id m6id r6id c6g m6g r6g", upTo7],
  ["c6gd m6gd r6gd c6gn c7a m7a r7a c7i m7i r7i c7g m7g r7g c7gd m7gd r7gd c7gn c8g m8g r8g c8gd m8gd r8gd i4i", upTo7],
  ["c6in m6in r6in m6idn r6idn", "large:3 24xlarge:15 32xlarge:8+8 metal:8+8"],
  ["c8gn m8gn r8gn", "large:3 8xlarge:10 24xlarge:24 48xlarge:12+12 metal-24xl:24 metal-48xl:12+12"],
  ["c8a m8a r8a c8i m8i r8i c8id m8id r8id", `${from8} 32xlarge:24 96xlarge:24 metal-96xl:24`],
  ["c8in m8in r8in m8idn r8idn", "large:4 8xlarge:8 12xlarge:12 32xlarge:16 96xlarge:12+12 metal-96xl:12+12"],
];

test("each size of each family takes what AWS gives it", () => {
  for (const [families, sizes] of perFamily)
    for (const name of families.split(" "))
      for (const [size, cards] of sizes.split(" ").map((one) => one.split(":")))
        assert.equal(cardsOf(`${name}.${size}`)?.join("+"), cards, `${name}.${size}`);
});

test("the families on Nitro are these", () => {
  const generations =
    "c5 c5a c5d c5n c6a c6i c6id c6in c6g c6gd c6gn c7a c7i c7g c7gd c7gn c8a c8i c8id c8in c8g c8gd c8gn c9g c9gd";
  const each = ["c", "m", "r"].flatMap((series) => generations.replaceAll("c", series).split(" "));
  const others = "m5dn r5dn r5b m5zn m8azn m6idn r6idn m8idn r8idn i4i i7i i7ie i8g i8ge".split(" ");
  assert.deepEqual([...nitroFamilies].sort(), [...each, ...others].sort());
});

test("families on Nitro are allowed, older and lent ones are not", () => {
  for (const family of ["c5n", "c6in", "c7gn", "c8gn", "m6idn", "r8gn", "c7i"])
    assert.ok(nitroFamilies.includes(family));
  for (const family of ["c4", "t3", "c7i-flex", "m4", "mac1"]) assert.ok(!nitroFamilies.includes(family));
});
