import assert from "node:assert/strict";
import { test } from "node:test";
import { instance, says, template } from "../aws/aws.fixture";
import { judge, passes, unknown } from "../resource.fixture";
import { kernelArgumentsOfThisCpu as rule } from "./kernel-arguments-of-this-cpu";
import { judgePlan, judgeUnknownPlan, plan } from "./plan.fixture";

const args = (...tokens: string[]) => ({ kernel: { arguments: tokens } });
const flags = (...cpuFlags: string[]) => ({ requirements: { cpuFlags } });
const flagsOf = (list: string) => list.split(" ").map((flag) => flags(flag));
const packagesOf = (list: string) => list.split(" ").map((name) => ({ packages: [name] }));

test("arguments of the plan's own CPU pass, and those that only turn something off", async () => {
  const right = [
    { ...args("intel_iommu=on", "iommu=pt"), ...flags("vmx") },
    { ...args("iommu=pt", "amd_pstate=active"), ...flags("svm") },
    { ...args("iommu.passthrough=1", "arm-smmu.disable_bypass=1"), ...flags("asimd") },
    { ...args("intel_pstate=disable", "intel_iommu=off"), ...flags("svm") },
    args("intel_iommu=on", "iommu=pt"),
  ];
  for (const changes of right) assert.deepEqual(await judgePlan(rule, changes), passes, JSON.stringify(changes));
});

test("an argument of another vendor or architecture is refused, by what the plan tells of its CPU", async () => {
  const wrong: [object, RegExp][] = [
    [
      { ...args("intel_iommu=on"), ...flags("svm") },
      /alpha: kernel argument intel_iommu=on is Intel's and the node is AMD/,
    ],
    [{ ...args("amd_iommu=force_isolation"), ...flags("vmx") }, /is AMD's and the node is Intel/],
    [{ ...args("iommu=pt"), ...flags("asimd") }, /iommu=pt is x86's and the node is ARM.*iommu\.passthrough=1/],
    [{ ...args("arm-smmu.disable_bypass=1"), ...flags("vmx") }, /is ARM's and the node is Intel/],
    [{ ...args("kvm-intel.nested=1"), packages: ["amd64-microcode"] }, /kvm-intel\.nested=1 is Intel's/],
    [{ ...args("intel_iommu=on"), packages: ["linux-image-arm64=6.1"] }, /node is ARM/],
    [{ ...args("amd_pstate=active"), packages: ["intel-microcode"] }, /node is Intel/],
  ];
  for (const [changes, says] of wrong) assert.match((await judgePlan(rule, changes)).violations.join(), says);
});

test("each argument that one vendor or architecture alone has is known, and what turns it off passes", async () => {
  const foreign: [cpu: string, tokens: string[]][] = [
    ["svm", ["intel_iommu=on", "intel_pstate=active", "intel_idle.max_cstate=1", "kvm_intel.nested=1"]],
    ["vmx", ["amd_iommu=pgtbl_v2", "amd_iommu_dump=1", "amd_iommu_intr=legacy", "amd_pstate=active"]],
    ["vmx", ["ivrs_ioapic=10@0000:00:14.0", "kvm_amd.npt=1"]],
    ["vmx", ["arm-smmu.disable_bypass=1", "arm-smmu-v3.disable_bypass=1", "arm64.nosve", "kvm-arm.mode=protected"]],
    ["asimd", ["iommu=pt", "tsc=reliable", "idle=poll", "mce=1", "noapic", "nox2apic", "x2apic_phys"]],
  ];
  for (const [cpu, tokens] of foreign)
    for (const token of tokens)
      assert.equal((await judgePlan(rule, { ...args(token), ...flags(cpu) })).violations.length, 1, token);
  for (const value of ["off", "disable", "0", "n", "N"])
    assert.deepEqual(await judgePlan(rule, { ...args(`intel_pstate=${value}`), ...flags("svm") }), passes, value);
});

test("each sign of a CPU tells it, and the message says what to write there", async () => {
  const signs: [token: string, signs: object[], says: RegExp][] = [
    ["amd_pstate=active", flagsOf("vmx pebs hwp arch_perfmon"), /the node is Intel.*write intel_iommu=on iommu=pt$/],
    ["amd_pstate=active", packagesOf("intel-microcode microcode_ctl intel-microcode=3.1"), /the node is Intel/],
    ["intel_pstate=active", flagsOf("svm sse4a perfctr_core topoext"), /the node is AMD.*IOMMU write iommu=pt$/],
    ["intel_pstate=active", packagesOf("amd64-microcode amd-ucode-firmware amd64-microcode=3.1"), /the node is AMD/],
    ["intel_pstate=active", flagsOf("asimd sve atomics fphp"), /the node is ARM.*write iommu\.passthrough=1$/],
    ["intel_pstate=active", packagesOf("linux-image-arm64 kernel.aarch64"), /the node is ARM/],
  ];
  for (const [token, each, says] of signs)
    for (const sign of each)
      assert.match((await judgePlan(rule, { ...args(token), ...sign })).violations.join(), says, JSON.stringify(sign));
  assert.deepEqual(await judgePlan(rule, { ...args("intel_pstate=active"), ...flags("svm_lock") }), passes);
});

test("a vendor that the settings declare is held against the arguments, before what the plan tells", async () => {
  const stdin = JSON.stringify(plan({ ...args("intel_iommu=on"), ...flags("vmx") }));
  const settings = { cpus: [{ node: "al*", cpu: "amd" }] };
  const { violations } = await judge(rule, "command:local:Command", { stdin }, { settings });
  assert.match(violations.join(), /the node is AMD/);
});

test("arguments of two vendors are refused where nobody tells the CPU", async () => {
  const { violations } = await judgePlan(rule, args("intel_iommu=on", "amd_iommu=force_isolation"));
  assert.match(violations.join(), /intel_iommu=on and amd_iommu=force_isolation are for CPUs of two vendors/);
  assert.deepEqual(await judgePlan(rule, args("intel_iommu=on", "amd_iommu=off")), passes);
  const arm = await judgePlan(rule, args("intel_iommu=on", "arm-smmu.disable_bypass=1"));
  assert.match(arm.violations.join(), /intel_iommu=on and arm-smmu\.disable_bypass=1 are for CPUs of two vendors/);
});

test("user data is held against the instance type", () => {
  const grubby = 'grubby --update-kernel=ALL --args="intel_iommu=on iommu=pt"';
  const node = (instanceType: string, userData = grubby) => ({ instanceType, userData });
  return says(rule, [
    [instance, node("c6in.metal"), null],
    [instance, node("m6a.metal"), { violates: /intel_iommu=on is Intel's and m6a\.metal is AMD/ }],
    [instance, node("m6a.metal", "grubby --args=intel_iommu=on"), { violates: /intel_iommu=on/ }],
    [instance, node("m6a.metal", 'GRUB_CMDLINE_LINUX="quiet intel_iommu=on"'), { violates: /intel_iommu=on/ }],
    [instance, node("c7gn.metal", 'GRUB_CMDLINE_LINUX="iommu=pt"'), { violates: /iommu=pt is x86's/ }],
    [
      template,
      node("m6a.metal", Buffer.from(`#!/bin/sh\n${grubby}`).toString("base64")),
      { violates: /intel_iommu=on/ },
    ],
    [instance, node("m6a.metal", `if grep -q GenuineIntel /proc/cpuinfo; then ${grubby}; fi`), null],
    [instance, node("c7gn.metal", "idle=30\nsleep $idle"), null],
    [instance, { userData: grubby }, null],
    [instance, node("g5.metal"), null],
  ]);
});

test("each way to set arguments is seen, and a script that looks at its CPU first is left to choose", () => {
  const ways = [
    "GRUB_CMDLINE_LINUX=intel_iommu=on",
    "GRUB_CMDLINE_LINUX_DEFAULT+=intel_iommu=on",
    "kernelarg intel_iommu=on",
    "kernel_params: intel_iommu=on",
    "kernel_cmd intel_iommu=on",
    "rpm-ostree kargs --append=intel_iommu=on",
    "rpm-ostree kargs --append-if-missing=intel_iommu=on",
    "echo intel_iommu=on >> /boot/cmdline.txt",
    "bootargs intel_iommu=on",
    'settings.boot.kernel = "intel_iommu=on"',
  ];
  const looks = ["GenuineIntel", "AuthenticAMD", "lscpu", "uname -m", "$(arch)", "cat /proc/cpuinfo"];
  const on = (userData: string) => ({ instanceType: "m6a.metal", userData });
  return says(rule, [
    ...ways.map((way) => [instance, on(way), { violates: /intel_iommu=on is Intel's/ }] as const),
    ...looks.map((look) => [instance, on(`grubby --args=intel_iommu=on\n${look}`), null] as const),
    [instance, on("modprobe intel_iommu=on"), null],
  ]);
});

test("what is not known yet is said, and other resources are left alone", async () => {
  assert.match((await judgeUnknownPlan(rule)).unjudged.join(), /can't be known/);
  await says(rule, [
    [instance, { instanceType: unknown, userData: "grubby --args=intel_iommu=on" }, { unjudged: true }],
    [instance, { instanceType: unknown, userData: "true" }, null],
    [instance, { instanceType: unknown, userData: "grubby --args=quiet" }, null],
    ["command:local:Command", { create: "true" }, null],
    ["command:local:Command", { create: "grubby --args=intel_iommu=on" }, null],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]);
});
