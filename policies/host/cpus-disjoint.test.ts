import assert from "node:assert/strict";
import { test } from "node:test";
import { passes } from "../resource.fixture";
import { cpusDisjoint as rule } from "./cpus-disjoint";
import { judgeNoPlan, judgePlan, judgeUnknownPlan } from "./plan.fixture";

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
    assert.match(violations.join(), /kernel argument [\w-]+=\S+ takes CPU [01,]+, which cpus.housekeeping 0-1 has too/);
  }
});

test("strides, N and all are read as the kernel reads them", async () => {
  const cpus = { online: "0-15", housekeeping: "0-1", isolated: "2-15" };
  for (const argument of [
    "isolcpus=0-15:2/8",
    "isolcpus=0-N",
    "isolcpus=1-N",
    "isolcpus=0,N",
    "nohz_full=all",
    "rcu_nocbs=all",
  ]) {
    const { violations } = await judgePlan(rule, { cpus, kernel: { arguments: [argument] } });
    assert.match(violations.join(), /takes CPU [01,]+, which cpus\.housekeeping 0-1 has too/, argument);
  }
  const apart = ["isolcpus=nohz,domain,managed_irq,2-15:2/8", "nohz_full=2-N"];
  assert.deepEqual(await judgePlan(rule, { cpus, kernel: { arguments: apart } }), passes);
  const striped = { housekeeping: "0-30:1/2", isolated: "1-31:1/2" };
  assert.deepEqual(await judgePlan(rule, { cpus: striped, kernel: { arguments: [] } }), passes);
  assert.deepEqual(
    await judgePlan(rule, { cpus: { ...cpus, isolated: "2-99999999" }, kernel: { arguments: [] } }),
    passes,
  );
});

test("each of two isolcpus counts: the kernel keeps the first one", async () => {
  const { violations } = await judgePlan(rule, { kernel: { arguments: ["isolcpus=0-3", "isolcpus=2-3"] } });
  assert.match(violations.join(), /isolcpus=0-3 takes CPU 0,1/);
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-cpus-disjoint.*can't be known during preview/);
});

test("a command without a plan is left alone", async () => {
  assert.deepEqual(await judgeNoPlan(rule), ["the resource carries no host plan"]);
});
