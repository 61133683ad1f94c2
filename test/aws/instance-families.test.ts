import assert from "node:assert/strict";
import { before, test } from "node:test";
import { enaFamilies, enaInstanceType, enaTypeNames, interfacesOf } from "../../components/aws/instance-types";
import { cardsOf, instanceType, nitroFamilies } from "../../policies/aws/instance-types";
import { baselineGbps, type DescribedType, describedTypes, queueLimits } from "../../tools/aws/instance-families";

// The table of components/aws against what moto's server answers to DescribeInstanceTypes, which are AWS's own figures, and against
// the one that the policies keep for themselves.

let described: ReadonlyMap<string, DescribedType>;
before(async () => {
  const answered = await describedTypes(enaFamilies());
  described = new Map(answered.map((one) => [one.InstanceType, one]));
});

test("the table has exactly the types that its families have", () => {
  assert.deepEqual(enaTypeNames().sort(), [...described.keys()].sort());
});

test("every figure is the one that is answered", () => {
  for (const [name, one] of described) {
    const type = enaInstanceType(name) ?? assert.fail(`${name} is not in the table`);
    const { NetworkInfo, VCpuInfo } = one;
    assert.deepEqual(
      { ...type, numaNodes: null },
      {
        name,
        family: name.split(".")[0],
        architecture: one.ProcessorInfo.SupportedArchitectures.at(-1),
        isMetal: one.BareMetal,
        vcpus: VCpuInfo.DefaultVCpus,
        cores: VCpuInfo.DefaultCores,
        threadsPerCore: VCpuInfo.DefaultThreadsPerCore,
        memoryMiB: one.MemoryInfo.SizeInMiB,
        numaNodes: null,
        baselineGbps: baselineGbps(NetworkInfo),
        cards: NetworkInfo.NetworkCards.map((card) => ({
          interfaces: card.MaximumNetworkInterfaces,
          baselineGbps: card.BaselineBandwidthInGbps,
          defaultQueues: card.DefaultEnaQueueCountPerInterface,
          queuesOfInterface: queueLimits(card)[0],
          queuesOfCard: queueLimits(card)[1],
        })),
      },
    );
    assert.equal(interfacesOf(type), NetworkInfo.MaximumNetworkInterfaces, name);
  }
});

test("every type has ENA, and may be in a cluster placement group", () => {
  for (const [name, { NetworkInfo, PlacementGroupInfo }] of described) {
    assert.equal(NetworkInfo.EnaSupport, "required", name);
    assert.ok(PlacementGroupInfo.SupportedStrategies.includes("cluster"), name);
    assert.deepEqual(
      NetworkInfo.NetworkCards.map(({ NetworkCardIndex }) => NetworkCardIndex),
      NetworkInfo.NetworkCards.map((_, index) => index),
      name,
    );
  }
});

test("the policies know the same of every type", () => {
  for (const name of enaTypeNames()) {
    const type = enaInstanceType(name) ?? assert.fail(name);
    const told = instanceType(name) ?? assert.fail(name);
    const cards = cardsOf(name);
    // What the policies' table does not have, they do not judge.
    if (cards !== null)
      assert.deepEqual(
        cards,
        type.cards.map(({ interfaces }) => interfaces),
        name,
      );
    assert.deepEqual(
      [told.isMetal, told.cpu === "arm", told.isSingleThreaded],
      [type.isMetal, type.architecture === "arm64", type.threadsPerCore === 1],
      name,
    );
  }
});

test("the policies refuse no family of the table by default", () => {
  const refused = enaFamilies().filter((family) => !nitroFamilies.includes(family));
  assert.deepEqual(refused, []);
});
