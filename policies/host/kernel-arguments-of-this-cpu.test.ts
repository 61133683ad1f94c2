import assert from "node:assert/strict";
import { test } from "node:test";
import { instance, says, template } from "../aws/aws.fixture";
import { judge, passes, unknown } from "../resource.fixture";
import { kernelArgumentsOfThisCpu as rule } from "./kernel-arguments-of-this-cpu";
import { judgePlan, judgeUnknownPlan, plan } from "./plan.fixture";

const args = (...tokens: string[]) => ({ kernel: { arguments: tokens } });
const flags = (...cpuFlags: string[]) => ({ requirements: { cpuFlags } });

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

test("what is not known yet is said, and other resources are left alone", async () => {
  assert.match((await judgeUnknownPlan(rule)).unjudged.join(), /can't be known/);
  await says(rule, [
    [instance, { instanceType: unknown, userData: "grubby --args=intel_iommu=on" }, { unjudged: true }],
    [instance, { instanceType: unknown, userData: "true" }, null],
    ["command:local:Command", { create: "true" }, null],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]);
});
