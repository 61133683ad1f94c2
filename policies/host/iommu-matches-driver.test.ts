import assert from "node:assert/strict";
import { test } from "node:test";
import { passes } from "../resource.fixture";
import { iommuMatchesDriver as rule } from "./iommu-matches-driver";
import { judgeNoPlan, judgePlan, judgeUnknownPlan } from "./plan.fixture";

const withArguments = (...tokens: string[]) => judgePlan(rule, { kernel: { arguments: tokens } });
const whole = (bind: string) => [{ name: "data0", pci: "0000:01:00.0", bind, virtualFunctions: [] }];

test("vfio-pci with the IOMMU on passes, for Intel and for AMD", async () => {
  assert.deepEqual(await withArguments("intel_iommu=on", "iommu=pt"), passes);
  assert.deepEqual(await withArguments("iommu=pt"), passes);
  assert.deepEqual(await withArguments("intel_iommu=on,sm_on"), passes);
});

test("a node that hands over no card needs no IOMMU", async () => {
  assert.deepEqual(await judgePlan(rule, { nics: [], kernel: { arguments: ["iommu=off"] } }), passes);
});

test("vfio-pci with the IOMMU turned off, or never asked for, is refused", async () => {
  assert.match(
    (await withArguments("intel_iommu=on", "iommu=off")).violations.join(),
    /data0 is bound to vfio-pci.*iommu=off/,
  );
  for (const off of ["intel_iommu=off", "amd_iommu=off"])
    assert.match((await withArguments("iommu=pt", off)).violations.join(), new RegExp(off));
  assert.match(
    (await withArguments()).violations.join(),
    /no kernel argument asks for the IOMMU; add intel_iommu=on iommu=pt/,
  );
  assert.match((await withArguments("amd_iommu=on")).violations.join(), /no kernel argument asks for the IOMMU/);
});

test("an argument that is spelt with a hyphen counts too", async () => {
  assert.match((await withArguments("intel_iommu=on", "intel-iommu=off")).violations.join(), /intel_iommu=off/);
});

test("a uio driver behind an IOMMU that translates is refused, with pass-through it is not", async () => {
  const translated = await judgePlan(rule, { nics: whole("igb_uio"), kernel: { arguments: ["intel_iommu=on"] } });
  assert.match(translated.violations.join(), /data0 is bound to igb_uio, which knows no IOMMU/);
  const passed = await judgePlan(rule, {
    nics: whole("igb_uio"),
    kernel: { arguments: ["intel_iommu=on", "iommu=pt"] },
  });
  assert.deepEqual(passed, passes);
});

test("a uio driver passes where no IOMMU translates, and so does a driver that is neither", async () => {
  const right: [driver: string, tokens: string[]][] = [
    ["igb_uio", []],
    ["igb_uio", ["iommu.passthrough=1"]],
    ["igb_uio", ["intel_iommu=on", "iommu=off"]],
    ["mlx5_core", ["intel_iommu=on"]],
  ];
  for (const [driver, tokens] of right)
    assert.deepEqual(
      await judgePlan(rule, { nics: whole(driver), kernel: { arguments: tokens } }),
      passes,
      tokens.join(" "),
    );
});

test("ARM's and AMD's own ways to ask for the IOMMU are known", async () => {
  for (const argument of ["iommu.passthrough=1", "iommu.passthrough=0", "amd_iommu=force_isolation", "iommu=nopt"]) {
    assert.deepEqual(await withArguments(argument), passes, argument);
  }
  for (const argument of ["amd_iommu=force_isolation", "iommu=nopt", "iommu.passthrough=0"]) {
    const { violations } = await judgePlan(rule, { nics: whole("uio_pci_generic"), kernel: { arguments: [argument] } });
    assert.match(violations.join(), /uio_pci_generic, which knows no IOMMU/, argument);
  }
});

test("words of two arguments add up, as they do in the kernel", async () => {
  assert.match((await withArguments("iommu=off", "iommu=pt")).violations.join(), /iommu=off; take it out/);
  assert.deepEqual(await withArguments("intel_iommu=on", "intel_iommu=sm_on"), passes);
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-iommu-matches-driver.*can't be known during preview/);
});

test("a NIC without IOMMU passes where the plan asks for that by name, and is refused beside arguments for one", async () => {
  assert.deepEqual(await judgePlan(rule, { kernel: { arguments: [] }, vfioNoIommu: true }), passes);
  const off = { arguments: ["intel_iommu=on", "iommu=off"] };
  assert.deepEqual(await judgePlan(rule, { kernel: off, vfioNoIommu: true }), passes);
  const { violations } = await judgePlan(rule, { vfioNoIommu: true });
  assert.match(violations.join(), /data0 is to be bound without IOMMU, and the kernel arguments ask for one/);
});

test("a command without a plan is left alone", async () => {
  assert.deepEqual(await judgeNoPlan(rule), ["the resource carries no host plan"]);
});
