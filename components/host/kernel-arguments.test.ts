import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cpuSet } from "./cpu-set";
import { extraArgumentMistake, type KernelSettings, kernelArguments } from "./kernel-arguments";

const settings: KernelSettings = {
  release: "6.1",
  iommu: "intel",
  hugepages: [{ size: "2M", pages: [128, 128] }],
  isolated: [2, 3],
  isolcpus: true,
  nohzFull: true,
  rcuNocbs: true,
  tuning: [],
  extraArguments: [],
};

test("an AMD IOMMU needs no argument to be on, and amd_iommu=on is none", () => {
  assert.deepEqual(kernelArguments({ ...settings, iommu: "amd" }).slice(0, 2), ["iommu=pt", "default_hugepagesz=2M"]);
  assert.deepEqual(kernelArguments({ ...settings, iommu: "off" })[0], "default_hugepagesz=2M");
});

test("each way of isolation can be left out", () => {
  const none = kernelArguments({ ...settings, isolcpus: false, nohzFull: false, rcuNocbs: false });
  assert.equal(none.at(-1), "hugepages=0:128,1:128");
  assert.equal(kernelArguments({ ...settings, nohzFull: false }).at(-1), "rcu_nocbs=2-3");
});

test("a kernel before 5.16 is asked for the sum of the pages", () => {
  assert.ok(kernelArguments({ ...settings, release: "5.10.0-30" }).includes("hugepages=256"));
  assert.ok(kernelArguments({ ...settings, release: "5.16" }).includes("hugepages=0:128,1:128"));
});

test("an older kernel whose default size is 1G is told of 2M pages, which it would hide", () => {
  const of = (release: string, ...sizes: ("2M" | "1G")[]) =>
    kernelArguments({ ...settings, release, hugepages: sizes.map((size) => ({ size, pages: [4, 4] })) }).filter(
      (token) => token.includes("hugepage"),
    );
  assert.deepEqual(of("4.18.0-553.el8", "1G"), [
    "default_hugepagesz=1G",
    "hugepagesz=1G",
    "hugepages=8",
    "hugepagesz=2M",
    "hugepages=0",
  ]);
  assert.equal(of("5.7", "1G").length, 5);
  assert.equal(of("5.8", "1G").length, 3);
  assert.equal(of("4.18", "1G", "2M").length, 5);
  assert.equal(of("4.18", "2M").length, 3);
});

test("a machine of one NUMA node is asked for a plain count", () => {
  assert.ok(kernelArguments({ ...settings, hugepages: [{ size: "2M", pages: [64] }] }).includes("hugepages=64"));
});

test("an extra argument that GRUB or a shell would read is refused", () => {
  for (const token of [
    "a b",
    'a="b"',
    "a=$b",
    "a;b",
    "`a`",
    "a\\b",
    "",
    "=a",
    "a=",
    "a\n",
    "quiet'",
    "a&b",
    "a{b}",
    "-a",
  ]) {
    assert.notEqual(extraArgumentMistake(token), null, JSON.stringify(token));
  }
});

test("an extra argument that the fleet file says elsewhere is refused, however it is spelt", () => {
  for (const token of [
    "hugepages=12",
    "nohz-full=1",
    "ISOLCPUS=1",
    "intel_iommu=off",
    "amd_iommu=on",
    "panic=0",
    "root=/dev/sda",
    "vfio-pci.ids=8086:10c9",
    "rw",
  ]) {
    assert.match(extraArgumentMistake(token) ?? "", /not yours to add/, token);
  }
});

test("ordinary arguments are accepted", () => {
  const tokens = [
    "nosoftlockup",
    "mitigations=off",
    "console=ttyS0,115200n8",
    "vfio_iommu_type1.dma_entry_limit=131072",
    "memmap=64M!4G",
    "intel_idle.max_cstate=0",
  ];
  for (const token of tokens) assert.equal(extraArgumentMistake(token), null, token);
});

test("a hugepages argument stands right behind its size, whatever the input", () => {
  const pools = fc.uniqueArray(
    fc.record({
      size: fc.constantFrom("2M" as const, "1G" as const),
      pages: fc.array(fc.nat(4096), { minLength: 1, maxLength: 8 }),
    }),
    { selector: (pool) => pool.size },
  );
  const some = fc.record({
    release: fc.constantFrom("4.14", "5.15", "5.16", "6.1", "10.0"),
    iommu: fc.constantFrom("intel" as const, "amd" as const, "off" as const),
    hugepages: pools,
    isolated: fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1 }).map(cpuSet),
    isolcpus: fc.boolean(),
    nohzFull: fc.boolean(),
    rcuNocbs: fc.boolean(),
    tuning: fc.subarray(["irqaffinity=0", "skew_tick=1"]),
    extraArguments: fc.subarray(["quiet", "nosoftlockup", "mce=off"]),
  });
  fc.assert(
    fc.property(some, (input) => {
      const tokens = kernelArguments(input);
      const sizes = tokens.flatMap((token, i) => (token.startsWith("hugepagesz=") ? [i] : []));
      // An older kernel whose only size is 1G is told of the other one too, behind it.
      const hidden = input.release === "4.14" && input.hugepages.length === 1 && input.hugepages[0]?.size === "1G";
      const expected = [
        ...input.hugepages.map((pool) => `hugepagesz=${pool.size}`),
        ...(hidden ? ["hugepagesz=2M"] : []),
      ];
      assert.deepEqual(
        sizes.map((i) => tokens[i]),
        expected,
      );
      for (const i of sizes) assert.match(tokens[i + 1] ?? "", /^hugepages=/);
      assert.equal(tokens.filter((token) => token.startsWith("hugepages=")).length, sizes.length);
      const first = input.hugepages[0];
      if (first) assert.equal(tokens.indexOf(`default_hugepagesz=${first.size}`), (sizes[0] ?? 0) - 1);
      assert.deepEqual(tokens, kernelArguments(structuredClone(input)));
    }),
  );
});
