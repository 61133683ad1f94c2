import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { load } from "js-yaml";
import { formatCpuSet, intersection, parseCpuSet } from "../host/cpu-set";
import { HUGEPAGE_KIB, kernelFloorKiB } from "../host/hugepages";
import { hostPlan } from "../host/plan";
import { hostPlanSchema } from "../host/plan-schema";
import { planText } from "../host/plan-text";
import { FleetFileError } from "./errors";
import { fleetValues, labFile, linesOf, node, type Path, read, set } from "./fleet.fixture";
import { loadFleet, parseFleet } from "./load";

/** Servers of all shapes; some are right, some are not. */
const server = fc
  .record({
    cpusPerNode: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
    memoryM: fc.array(fc.integer({ min: 512, max: 16_384 }), { minLength: 4, maxLength: 4 }),
    shares: fc.array(fc.double({ min: 0, max: 0.7, noNaN: true }), { minLength: 8, maxLength: 8 }),
    isolated: fc.array(fc.integer({ min: 0, max: 47 }), { minLength: 1, maxLength: 24 }),
    sizes: fc.constantFrom(["2M"], ["1G"], ["2M", "1G"], ["1G", "2M"], []),
    kernel: fc.constantFrom("5.10", "5.16", "6.1"),
    smt: fc.boolean(),
  })
  .map(({ cpusPerNode, memoryM, shares, isolated, sizes, kernel, smt }) => {
    const total = cpusPerNode.reduce((sum, cpus) => sum + cpus, 0);
    let next = 0;
    const numaNodes = cpusPerNode.map((cpus, n) => {
      const first = next;
      next += cpus;
      return { cpus: `${first}-${next - 1}`, memory: `${memoryM[n]}M` };
    });
    const hugepages = sizes.map((size, s) => {
      const pageM = HUGEPAGE_KIB[size as "2M" | "1G"] / 1024;
      return {
        size,
        pages: numaNodes.map((_, n) => Math.floor(((shares[s * 4 + n] ?? 0) * (memoryM[n] ?? 0)) / pageM)),
      };
    });
    const set = [...new Set(isolated.map((cpu) => cpu % total))].sort((a, b) => a - b);
    const pairs = Array.from({ length: Math.floor(total / 2) }, (_, core) => `${2 * core},${2 * core + 1}`);
    return fleetValues(
      [node("dataPlane"), undefined],
      [node("hardware", "cpus"), `0-${total - 1}`],
      [node("hardware", "numaNodes"), numaNodes],
      [node("hardware", "kernel"), kernel],
      [node("hardware", "smtSiblings"), smt ? pairs : []],
      [node("cpus", "isolated"), formatCpuSet(set)],
      [node("hugepages"), hugepages],
    );
  });

test("any accepted fleet gives a plan whose CPU sets are disjoint and whose pages fit", () => {
  let accepted = 0;
  fc.assert(
    fc.property(server, (values) => {
      if (linesOf(values).length > 0) return;
      accepted++;
      const fleet = read(values);
      const plan = hostPlan(fleet, "validator");
      const [online, housekeeping, isolated] = [plan.cpus.online, plan.cpus.housekeeping, plan.cpus.isolated].map(
        (text) => parseCpuSet(text) ?? [],
      );
      assert.deepEqual(intersection(housekeeping ?? [], isolated ?? []), []);
      assert.deepEqual(
        [...(housekeeping ?? []), ...(isolated ?? [])].sort((a, b) => a - b),
        online,
      );
      assert.ok(!isolated?.includes(0) && (isolated?.length ?? 0) > 0 && (housekeeping?.length ?? 0) > 0);
      fleet.nodes[0]?.hardware.numaNodes.forEach(({ memoryKiB }, numaNode) => {
        const here = plan.hugepages.filter((pool) => pool.numaNode === numaNode);
        const taken = here.reduce((sum, { size, pages }) => sum + pages * HUGEPAGE_KIB[size], 0);
        assert.ok(taken + kernelFloorKiB(memoryKiB) <= memoryKiB);
      });
      assert.deepEqual(hostPlanSchema.parse(plan), plan);
    }),
    { numRuns: 300 },
  );
  assert.ok(accepted > 20, `only ${accepted} of 300 were accepted`);
});

test("the same fleet file gives the same plan, whatever the order of its keys", () => {
  const lab = load(readFileSync(labFile, "utf8")) as Record<string, unknown>;
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  for (const name of ["alpha", "beta"]) {
    const text = planText(hostPlan(loadFleet(labFile), name));
    assert.equal(planText(hostPlan(loadFleet(labFile), name)), text);
    assert.equal(planText(hostPlan(read(reversed(lab)), name)), text);
  }
});

test("whatever stands in a fleet file, it is read or refused line by line, and nothing else happens", () => {
  const lab = load(readFileSync(labFile, "utf8")) as Record<string, unknown>;
  const paths = [...leaves(lab, [])];
  const anything = fc.oneof(
    fc.anything({ maxDepth: 2, withNullPrototype: false }).map((value) => JSON.parse(JSON.stringify(value) ?? "null")),
    fc.constantFrom("", "0-3", "2M", null, -1, 1e9, "52:54:00:d0:00:01", [], {}),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.nat(3), anything, (path, up, value) => {
      const values = structuredClone(lab);
      set(values, path.slice(0, Math.max(1, path.length - up)), value);
      for (const line of linesOf(values)) assert.match(line, /^test\.fleet\.yaml: [^\n]+: [^\n]+$/);
    }),
    { numRuns: 600 },
  );
});

test("any text is read or refused", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      assert.throws(() => parseFleet(text, "x"), FleetFileError);
    }),
  );
});

/** Every path of a tree, from the root's children down. */
function* leaves(value: unknown, path: Path): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}
