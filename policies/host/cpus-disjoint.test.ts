import assert from "node:assert/strict";
import { test } from "node:test";
import { cpusDisjoint as rule } from "./cpus-disjoint";
import { judgePlan, judgeUnknownPlan, passes } from "./plan.fixture";

test("disjoint sets pass", async () => {
  assert.deepEqual(await judgePlan(rule, {}), passes);
});

test("a CPU in both sets is refused by its number", async () => {
  const { violations } = await judgePlan(rule, {
    cpus: { housekeeping: "0-2", isolated: "2-3" },
    kernel: { arguments: [] },
  });
  assert.match(violations.join(), /alpha: cpus.isolated 2-3 takes CPU 2, which cpus.housekeeping 0-2 has too/);
});

test("an empty set is refused, whichever it is", async () => {
  const none = await judgePlan(rule, { cpus: { housekeeping: "", isolated: "2-3" } });
  assert.match(none.violations.join(), /cpus.housekeeping is empty/);
  const idle = await judgePlan(rule, { cpus: { housekeeping: "0-1", isolated: "" } });
  assert.match(idle.violations.join(), /cpus.isolated is empty/);
});

test("a kernel argument that isolates a housekeeping CPU is refused", async () => {
  for (const argument of ["isolcpus=managed_irq,domain,1-3", "nohz-full=1", "rcu_nocbs=0-1"]) {
    const { violations } = await judgePlan(rule, { kernel: { arguments: [argument] } });
    assert.match(violations.join(), /kernel argument \w+=\S+ takes CPU [01,]+, which cpus.housekeeping 0-1 has too/);
  }
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-cpus-disjoint.*can't be known during preview/);
});
