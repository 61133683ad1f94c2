import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HUGEPAGE_KIB, type HugepagePool, hugepageMisfits, kernelFloorKiB, SYSTEM_FLOOR_KIB } from "./hugepages";

const GIB = 1024 * 1024;

test("pages that fit are accepted", () => {
  assert.deepEqual(hugepageMisfits([{ size: "2M", pages: [128, 128] }], [1280 * 1024, 1280 * 1024]), []);
  assert.deepEqual(hugepageMisfits([], [GIB]), []);
});

test("more pages than a NUMA node has memory are refused, with the number that fits", () => {
  const [misfit, ...rest] = hugepageMisfits([{ size: "2M", pages: [128, 700] }], [1280 * 1024, 1280 * 1024]);
  assert.deepEqual(rest, []);
  assert.equal(misfit?.numaNode, 1);
  assert.match(misfit?.reason ?? "", /627 pages at most/);
  assert.deepEqual(hugepageMisfits([{ size: "2M", pages: [0, 627] }], [1280 * 1024, 1280 * 1024]), []);
});

test("the system keeps what Debian asks for", () => {
  const [misfit] = hugepageMisfits([{ size: "2M", pages: [400, 400] }], [GIB, GIB]);
  assert.equal(misfit?.numaNode, null);
  assert.match(misfit?.reason ?? "", /leave the system less than 512M/);
});

test("the first GiB of a NUMA node is never a whole 1G page", () => {
  assert.deepEqual(hugepageMisfits([{ size: "1G", pages: [2] }], [4 * GIB]), []);
  const [misfit] = hugepageMisfits([{ size: "1G", pages: [3] }], [3.5 * GIB]);
  assert.match(misfit?.reason ?? "", /2 whole aligned GiB at most/);
});

test("a size that is listed twice is refused", () => {
  const pools: HugepagePool[] = [
    { size: "2M", pages: [1] },
    { size: "2M", pages: [2] },
  ];
  assert.match(hugepageMisfits(pools, [GIB])[0]?.reason ?? "", /twice/);
});

test("a count is wanted for each NUMA node", () => {
  assert.match(hugepageMisfits([{ size: "2M", pages: [128] }], [GIB, GIB])[0]?.reason ?? "", /1 for 2 NUMA nodes/);
});

test("whatever is accepted leaves each kernel and the system their memory", () => {
  const memory = fc.array(fc.integer({ min: 1024, max: 64 * GIB }), { minLength: 1, maxLength: 4 });
  const accepted = { count: 0 };
  fc.assert(
    fc.property(
      memory,
      fc.array(fc.double({ min: 0, max: 1.1, noNaN: true }), { minLength: 8, maxLength: 8 }),
      (kiB, shares) => {
        const pools = (["2M", "1G"] as const).map((size, p) => ({
          size,
          pages: kiB.map((whole, n) => Math.floor(((shares[p * 4 + n] ?? 0) * whole * 0.5) / HUGEPAGE_KIB[size])),
        }));
        if (hugepageMisfits(pools, kiB).length > 0) return;
        accepted.count++;
        const taken = kiB.map((_, n) =>
          pools.reduce((sum, pool) => sum + (pool.pages[n] ?? 0) * HUGEPAGE_KIB[pool.size], 0),
        );
        for (const [n, asked] of taken.entries()) assert.ok((kiB[n] ?? 0) - asked >= kernelFloorKiB(kiB[n] ?? 0));
        const left = kiB.reduce((sum, whole, n) => sum + whole - (taken[n] ?? 0), 0);
        assert.ok(left >= SYSTEM_FLOOR_KIB);
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(accepted.count > 30, `only ${accepted.count} accepted`);
});
