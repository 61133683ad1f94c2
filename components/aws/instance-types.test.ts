import assert from "node:assert/strict";
import { test } from "node:test";
import { enaFamilies, enaInstanceType, enaTypeNames, interfacesOf } from "./instance-types";

test("a type has its figures, of each of its cards too", () => {
  const card = {
    interfaces: 8,
    baselineGbps: 200,
    defaultQueues: 32,
    queuesOfInterface: 32,
    queuesOfCard: 256,
  };
  assert.deepEqual(enaInstanceType("c6in.32xlarge"), {
    name: "c6in.32xlarge",
    family: "c6in",
    architecture: "x86_64",
    isMetal: false,
    vcpus: 128,
    cores: 64,
    threadsPerCore: 2,
    memoryMiB: 262144,
    numaNodes: null,
    baselineGbps: 200, // of both cards together
    cards: [card, card],
  });
});

test("metal is told by the size, Graviton by its architecture, sockets by the size", () => {
  const { isMetal, architecture, numaNodes } = enaInstanceType("c8gn.metal-48xl") ?? assert.fail();
  assert.deepEqual([isMetal, architecture, numaNodes], [true, "arm64", 2]);
  assert.equal(enaInstanceType("c7gn.16xlarge")?.numaNodes, 1);
});

test("what the table does not have is null", () => {
  for (const name of ["t3.large", "c6in.3xlarge", "c6in", "", "c6in.32xlarge.x", "toString.name"])
    assert.equal(enaInstanceType(name), null, name);
});

test("every row is whole: each type has cards that take interfaces, and memory for its CPUs", () => {
  assert.ok(enaTypeNames().length > 200);
  for (const name of enaTypeNames()) {
    const type = enaInstanceType(name) ?? assert.fail(name);
    assert.ok(interfacesOf(type) >= 2 && type.cards.length >= 1, name);
    assert.equal(type.vcpus, type.cores * type.threadsPerCore, name);
    assert.ok(type.memoryMiB >= 1024 * type.vcpus && type.baselineGbps > 0, name);
    assert.ok(
      type.cards.every((card) => (card.queuesOfInterface === null) === (card.queuesOfCard === null)),
      name,
    );
  }
});

test("the names of one family are its own", () => {
  assert.deepEqual(enaTypeNames("c6gn").at(-1), "c6gn.16xlarge");
  assert.ok(enaFamilies().includes("m8azn") && enaTypeNames("m8azn").every((name) => name.startsWith("m8azn.")));
});
