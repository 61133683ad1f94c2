import assert from "node:assert/strict";
import { test } from "node:test";
import { passes } from "../resource.fixture";
import { hugepagesWithinMemory as rule } from "./hugepages-within-memory";
import type { HostPlan } from "./plan";
import { judgeNoPlan, judgePlan, judgeUnknownPlan, plan } from "./plan.fixture";

const pools = (...pages: number[]) => pages.map((count, numaNode) => ({ size: "2M", numaNode, pages: count }));

test("hugepages that leave room for the kernel and the system pass, none at all too", async () => {
  assert.deepEqual(await judgePlan(rule, {}), passes);
  assert.deepEqual(await judgePlan(rule, { hugepages: [], kernel: { arguments: [] } }), passes);
});

test("exactly what is left to give passes, of a NUMA node and of the whole, and pages that are none", async () => {
  const alone = (hugepages: HostPlan["hugepages"], changes: Partial<HostPlan> = {}) =>
    judgePlan(rule, { hugepages, kernel: { arguments: [] }, ...changes });
  assert.deepEqual(await alone(pools(502, 0)), passes);
  assert.equal((await alone(pools(503, 0))).violations.length, 1);
  assert.deepEqual(await alone(pools(384, 384)), passes);
  assert.equal((await alone(pools(385, 384))).violations.length, 1);
  assert.deepEqual(await alone(pools(0, 0, 0)), passes);
  assert.deepEqual(await alone([], { memory: [{ numaNode: 0, kib: 256 * 1024 }] }), passes);
});

test("more hugepages than a NUMA node has memory are refused, with what it can give", async () => {
  const { violations } = await judgePlan(rule, { hugepages: pools(512, 0) });
  assert.deepEqual(violations, [
    "node: alpha: 1,024 MiB of hugepages on NUMA node 0, which has 1,024 MiB; 1,004 MiB at most, the rest is its kernel's",
  ]);
});

test("hugepages that leave the system less than it needs are refused, though each NUMA node has room", async () => {
  const { violations } = await judgePlan(rule, { hugepages: pools(400, 400) });
  assert.match(violations.join(), /1,600 MiB of hugepages in all, and the node has 2,048 MiB; 1,536 MiB at most/);
});

test("a kernel argument that asks for more than the list says is what counts", async () => {
  for (const pages of ["hugepages=1000", "hugepages=0:500,1:500"]) {
    const { violations } = await judgePlan(rule, { kernel: { arguments: ["hugepagesz=2M", pages] } });
    assert.match(violations.join(), /2,000 MiB of hugepages in all/);
  }
  const big = await judgePlan(rule, { kernel: { arguments: ["hugepagesz=1G", "hugepages=2"] } });
  assert.match(big.violations.join(), /2,560 MiB of hugepages in all/);
});

test("pages on a NUMA node that is not there are refused", async () => {
  const { violations } = await judgePlan(rule, {
    hugepages: [...plan().hugepages, { size: "2M", numaNode: 2, pages: 1 }],
  });
  assert.match(violations.join(), /1 hugepages on NUMA node 2, which the node has not/);
});

test("pages are of the size that the kernel takes them for, however it is written", async () => {
  const sizes = ["default_hugepagesz=1G", "hugepagesz=1024M", "hugepagesz=1GB", "hugepagesz=1048576K"];
  for (const size of sizes) {
    const { violations } = await judgePlan(rule, { hugepages: [], kernel: { arguments: [size, "hugepages=2"] } });
    assert.match(violations.join(), /2,048 MiB of hugepages in all/, size);
  }
  const first = await judgePlan(rule, {
    hugepages: [],
    kernel: { arguments: ["hugepages=2", "default_hugepagesz=1G"] },
  });
  assert.match(first.violations.join(), /2,048 MiB of hugepages in all/);
  const small = await judgePlan(rule, { hugepages: [], kernel: { arguments: ["hugepagesz=64K", "hugepages=64"] } });
  assert.deepEqual(small, passes);
});

test("counts for NUMA nodes are held against these nodes", async () => {
  const uneven = await judgePlan(rule, { hugepages: [], kernel: { arguments: ["hugepages=0:600,1:0"] } });
  assert.match(uneven.violations.join(), /1,200 MiB of hugepages on NUMA node 0/);
  const nowhere = await judgePlan(rule, { hugepages: [], kernel: { arguments: ["hugepages=7:100"] } });
  assert.match(nowhere.violations.join(), /100 hugepages on NUMA node 7, which the node has not/);
});

test("sizes that only the list or only the arguments name add up", async () => {
  const { violations } = await judgePlan(rule, {
    hugepages: pools(200, 200),
    kernel: { arguments: ["hugepagesz=1G", "hugepages=1"] },
  });
  assert.match(violations.join(), /1,824 MiB of hugepages in all/);
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-hugepages-within-memory.*\.stdin can't be known during preview/);
});

test("a command without a plan is left alone", async () => {
  assert.deepEqual(await judgeNoPlan(rule), ["the resource carries no host plan"]);
});
