import assert from "node:assert/strict";
import { test } from "node:test";
import { passes } from "../resource.fixture";
import { kernelArgumentsUnique as rule } from "./kernel-arguments-unique";
import { judgeNoPlan, judgePlan, judgeUnknownPlan } from "./plan.fixture";

const withArguments = (...tokens: string[]) => judgePlan(rule, { kernel: { arguments: tokens } });

test("each key once passes; consoles and pools of hugepages may be several", async () => {
  assert.deepEqual(await withArguments("quiet", "nosmt", "console=tty0", "console=ttyS0,115200"), passes);
  assert.deepEqual(await withArguments("hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512"), passes);
});

test("a key that is there twice is refused, however it is spelt", async () => {
  const { violations } = await withArguments("nohz_full=2-3", "nohz-full=2");
  assert.match(violations.join(), /alpha: kernel arguments nohz_full=2-3 and nohz-full=2 set the same; keep one/);
  assert.match((await withArguments("quiet", "quiet")).violations.join(), /quiet and quiet set the same/);
});

test("a size that is there twice, and a second count for one size, are refused", async () => {
  const twice = await withArguments("hugepagesz=2M", "hugepages=1", "hugepagesz=2m", "hugepages=2");
  assert.match(twice.violations.join(), /hugepagesz=2m is there twice/);
  const counts = await withArguments("hugepages=1", "hugepages=2");
  assert.match(counts.violations.join(), /hugepages=2 is the second of hugepagesz=2M/);
});

test("arguments that are read as often as they are written may be several, but not the same twice", async () => {
  const pairs = [
    ["crashkernel=512M,high", "crashkernel=128M,low"],
    ["modprobe.blacklist=nouveau", "modprobe.blacklist=floppy"],
    ["systemd.mask=a.service", "systemd.mask=b.service"],
    ["rd.lvm.lv=vg/root", "rd.lvm.lv=vg/swap"],
    ["pci=realloc", "pci=noaer"],
    ["earlycon=uart8250,io,0x3f8", "earlycon=efifb"],
    ["memmap=1G!4G", "memmap=2G!8G"],
    ["reserve_mem=1M:4096:a", "reserve_mem=1M:4096:b"],
    ["acpi_osi=Linux", "acpi_osi=!Windows"],
    ["video=HDMI-1:d", "video=VGA-1:d"],
    ["cgroup_disable=memory", "cgroup_disable=io"],
    ["initcall_blacklist=a", "initcall_blacklist=b"],
    ["systemd.wants=a.service", "systemd.wants=b.service"],
    ["systemd.setenv=A=1", "systemd.setenv=B=1"],
    ["systemd.set_credential=a:1", "systemd.set_credential=b:1"],
    ["systemd.set_credential_binary=a:1", "systemd.set_credential_binary=b:1"],
  ];
  for (const pair of pairs) assert.deepEqual(await withArguments(...pair), passes, pair.join(" "));
  assert.match(
    (await withArguments("console=tty0", "console=tty0")).violations.join(),
    /console=tty0 and console=tty0/,
  );
});

test("a size counts once, by whichever of its names", async () => {
  const before = await withArguments("hugepages=256", "hugepagesz=2M", "hugepages=512");
  assert.match(before.violations.join(), /hugepages=512 is the second of hugepagesz=2M/);
  const standard = await withArguments("default_hugepagesz=1G", "hugepages=4", "hugepagesz=1G", "hugepages=8");
  assert.match(standard.violations.join(), /hugepages=8 is the second of hugepagesz=1024M/);
  const spelt = await withArguments("hugepagesz=2M", "hugepages=1", "hugepagesz=2048K", "hugepages=2");
  assert.match(spelt.violations.join(), /hugepagesz=2048K is there twice/);
});

test("a credential's value is in no message", async () => {
  const token = "systemd.set_credential=a:hunter2secret";
  const { violations } = await withArguments(token, token);
  assert.match(violations.join(), /systemd\.set_credential=a:…/);
  assert.ok(!violations.join().includes("hunter2"));
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-kernel-arguments-unique.*can't be known during preview/);
});

test("a command without a plan is left alone", async () => {
  assert.deepEqual(await judgeNoPlan(rule), ["the resource carries no host plan"]);
});
