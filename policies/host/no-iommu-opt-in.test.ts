import assert from "node:assert/strict";
import { test } from "node:test";
import { instance, says, template } from "../aws/aws.fixture";
import { passes, unknown } from "../resource.fixture";
import { noIommuOptIn as rule } from "./no-iommu-opt-in";
import { judgePlan, judgeUnknownPlan } from "./plan.fixture";

const command = "command:remote:Command";
const unsafe = "modprobe vfio enable_unsafe_noiommu_mode=1";
const file = (content: string) => [{ path: "/etc/modprobe.d/vfio.conf", content }];

test("a plan that asks for it by name passes, and so does one that does without", async () => {
  const kernel = { arguments: ["vfio.enable_unsafe_noiommu_mode=1"] };
  assert.deepEqual(await judgePlan(rule, { kernel, vfioNoIommu: true }), passes);
  assert.deepEqual(await judgePlan(rule, {}), passes);
  assert.deepEqual(await judgePlan(rule, { files: file("# options vfio enable_unsafe_noiommu_mode=1") }), passes);
});

test("a plan whose arguments or files turn it on without a word is refused", async () => {
  const told = await judgePlan(rule, { kernel: { arguments: ["vfio.enable_unsafe_noiommu_mode=Y"] } });
  assert.match(told.violations.join(), /alpha: kernel argument vfio\.enable_unsafe_noiommu_mode=Y turns/);
  const written = await judgePlan(rule, { files: file("options vfio enable_unsafe_noiommu_mode=1") });
  assert.match(written.violations.join(), /alpha: \/etc\/modprobe\.d\/vfio\.conf turns/);
});

test("each way in which a command turns it on is refused", () =>
  says(
    rule,
    [
      { create: unsafe },
      ...["yes", "on", "true"].map((word) => ({ create: `modprobe vfio enable_unsafe_noiommu_mode=${word}` })),
      { create: "printf 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode" },
      { update: "echo 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode" },
      { create: "echo Y | sudo tee /sys/module/vfio/parameters/enable_unsafe_noiommu_mode" },
      { stdin: "options vfio enable_unsafe_noiommu_mode=Y" },
      { interpreter: ["sh", "-c", unsafe] },
      { delete: `x; ${unsafe}` },
      { create: unknown, stdin: unsafe },
    ].map((props) => [command, props, { violates: /turns enable_unsafe_noiommu_mode on/ }] as const),
  ));

test("commands that turn it off, read it, or are declared pass", async () => {
  await says(rule, [
    [command, { create: "modprobe vfio enable_unsafe_noiommu_mode=0" }, null],
    [command, { create: "echo 0 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode" }, null],
    [command, { create: "cat /sys/module/vfio/parameters/enable_unsafe_noiommu_mode" }, null],
    [command, { create: `# ${unsafe}` }, null],
  ]);
  await says(rule, [[command, { create: unsafe }, "n/a"]], { settings: { withoutIommu: ["node"] } });
});

test("a virtual EC2 machine is expected to, metal is refused", () =>
  says(rule, [
    [instance, { instanceType: "c6in.large", userData: unsafe }, null],
    [template, { userData: Buffer.from(`#!/bin/sh\n${unsafe}`).toString("base64") }, null],
    [instance, { instanceType: "c6in.metal", userData: unsafe }, { violates: /for c6in\.metal, which has an IOMMU/ }],
    [
      template,
      { instanceType: "c8gn.metal-48xl", userData: Buffer.from(`#!/bin/sh\n${unsafe}`).toString("base64") },
      { violates: /c8gn\.metal-48xl/ },
    ],
  ]));

test("what is not known yet is said, and other resources are left alone", async () => {
  assert.match((await judgeUnknownPlan(rule)).unjudged.join(), /can't be known/);
  await says(rule, [
    [instance, { instanceType: unknown, userData: unsafe }, { unjudged: true }],
    [instance, { userData: unknown }, { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]);
});
