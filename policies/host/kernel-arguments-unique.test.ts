import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelArgumentsUnique as rule } from "./kernel-arguments-unique";
import { judgePlan, judgeUnknownPlan, passes } from "./plan.fixture";

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

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-kernel-arguments-unique.*can't be known during preview/);
});
