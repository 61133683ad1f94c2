import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CPU_ROLES,
  type CpuRoles,
  type CpuTopology,
  proposeCpuRoles,
  roleMistakes,
  rolesOf,
  roleWarnings,
} from "./cpu-roles";
import { cpuSet, difference, formatCpuSet, intersection, parseCpuSet } from "./cpu-set";

const cpus = (text: string) => parseCpuSet(text) ?? [];
const topology = (numaNodes: readonly string[], siblings: readonly string[] = [], nicNumaNode = 0): CpuTopology => ({
  cpus: cpuSet(numaNodes.flatMap(cpus)),
  numaNodes: numaNodes.map(cpus),
  smtSiblings: siblings.map(cpus),
  nicNumaNode,
});

/** `system 0-1,8-9 rx 2-3`, roles without CPUs left out. */
function said(of: CpuTopology): string {
  const { housekeeping, roles } = proposeCpuRoles(of);
  const parts = CPU_ROLES.flatMap((role) => (roles[role].length > 0 ? [`${role} ${formatCpuSet(roles[role])}`] : []));
  return [`system ${formatCpuSet(housekeeping)}`, ...parts].join(" ");
}

// The seed's own picture, word for word.
const PICTURE = `
│  NUMA Node 0          NUMA Node 1           │
├─────────────────────────────────────────────┤
│  Core 0-1: System     Core 8-9: System      │
│  Core 2-3: RX Polls   Core 10-11: TX Polls  │
│  Core 4-5: Consensus  Core 12-13: Mempool   │
│  Core 6-7: TX Pool    Core 14-15: Crypto    │
`;

test("two NUMA nodes of eight cores are shared as the seed's picture shows", () => {
  const drawn = [...PICTURE.matchAll(/Core (?<cores>[\d-]+): (?<what>\w+( Polls?| Pool)?)/g)].map(
    ({ groups }) => groups,
  );
  const of = (what: string) => cpuSet(drawn.flatMap((each) => (each?.what === what ? cpus(each.cores as string) : [])));
  const { housekeeping, isolated, roles } = proposeCpuRoles(topology(["0-7", "8-15"]));
  assert.equal(drawn.length, 8);
  assert.deepEqual(housekeeping, of("System"));
  assert.deepEqual(isolated, cpus("2-7,10-15"));
  assert.deepEqual(roles, {
    rx: of("RX Polls"),
    tx: of("TX Polls"),
    consensus: of("Consensus"),
    transactionPool: of("TX Pool"),
    mempool: of("Mempool"),
    crypto: of("Crypto"),
  });
});

test("the picture turns with the card", () => {
  assert.equal(
    said(topology(["0-7", "8-15"], [], 1)),
    "system 0-1,8-9 rx 10-11 tx 2-3 consensus 12-13 transactionPool 14-15 mempool 4-5 crypto 6-7",
  );
});

test("four CPUs on two NUMA nodes: one of each for the system, the one near the card polls", () => {
  assert.equal(said(topology(["0-1", "2-3"])), "system 0,2 rx 1 consensus 3");
  assert.equal(said(topology(["0-1", "2-3"], [], 1)), "system 0,2 rx 3 consensus 1");
});

test("siblings stay together, however the machine numbers them", () => {
  const far = ["0,8", "1,9", "2,10", "3,11", "4,12", "5,13", "6,14", "7,15"];
  assert.equal(
    said(topology(["0-3,8-11", "4-7,12-15"], far)),
    "system 0,4,8,12 rx 1,9 tx 5,13 consensus 2,10 transactionPool 3,11 mempool 6,14 crypto 7,15",
  );
  assert.equal(said(topology(["0-3"], ["0-1", "2-3"])), "system 0-1 rx 2-3");
  assert.equal(said(topology(["0-1", "2-3"], ["0-1", "2-3"])), "system 0-1 rx 2-3");
});

test("one NUMA node gives every role its cores, and a card of an unknown one is taken as near the first", () => {
  assert.equal(
    said(topology(["0-15"], [], -1)),
    "system 0-3 rx 4-5 tx 6-7 consensus 8-9 transactionPool 10-11 mempool 12-13 crypto 14-15",
  );
});

test("a machine of one core has nothing to isolate", () => {
  assert.deepEqual(proposeCpuRoles(topology(["0-1"], ["0-1"])).isolated, []);
});

test("whatever the machine: CPU 0 is the system's, no core is split, roles are disjoint and cover the isolated CPUs", () => {
  const machines = fc
    .record({
      cores: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      threads: fc.integer({ min: 1, max: 2 }),
      nic: fc.integer({ min: -1, max: 4 }),
    })
    .map(({ cores, threads, nic }) => {
      const total = cores.reduce((sum, count) => sum + count, 0);
      let next = 0;
      const siblings = (core: number) => Array.from({ length: threads }, (_, thread) => core + thread * total);
      const numaNodes = cores.map((count) => {
        next += count;
        return cpuSet(Array.from({ length: count }, (_, i) => siblings(next - count + i)).flat());
      });
      const smtSiblings = Array.from({ length: total }, (_, core) => siblings(core));
      return { cpus: cpuSet(numaNodes.flat()), numaNodes, smtSiblings, nicNumaNode: nic };
    });
  fc.assert(
    fc.property(machines, (machine) => {
      const { housekeeping, isolated, roles } = proposeCpuRoles(machine);
      assert.ok(housekeeping.includes(0));
      assert.deepEqual(cpuSet([...housekeeping, ...isolated]), machine.cpus);
      assert.deepEqual(intersection(housekeeping, isolated), []);
      for (const core of machine.smtSiblings) assert.ok([0, core.length].includes(intersection(core, isolated).length));
      assert.deepEqual(roleMistakes(roles, isolated), []);
      assert.deepEqual(cpuSet(CPU_ROLES.flatMap((role) => roles[role])), isolated);
      assert.equal(roles.rx.length > 0, isolated.length > 0);
    }),
  );
});

test("a role on a CPU that is not isolated, or that another role has, is told", () => {
  const mistakes = (given: Partial<CpuRoles>) =>
    roleMistakes(rolesOf(given), cpus("2-7")).map(({ role, remedy }) => `${role}: ${remedy}`);
  assert.deepEqual(mistakes({ rx: [1, 2] }), ["rx: CPU 1 is not isolated; choose among 2-7"]);
  assert.deepEqual(mistakes({ rx: [2, 3], crypto: [3, 4] }), ["crypto: CPU 3 has the role rx already; give it one"]);
  assert.deepEqual(mistakes({ rx: [2], crypto: [3] }), []);
});

test("a CPU that polls a card of another NUMA node is a warning: the seed's own TX CPUs are one", () => {
  const machine = topology(["0-7", "8-15"]);
  const { roles } = proposeCpuRoles(machine);
  assert.deepEqual(roleWarnings(roles, machine.numaNodes, [0]), [
    "cpus.roles.tx: CPU 10-11 polls a card on NUMA node 0 from another one",
  ]);
  assert.deepEqual(roleWarnings(roles, machine.numaNodes, [-1]), []);
  assert.deepEqual(roleWarnings(roles, machine.numaNodes, [0, 1]), []);
  assert.deepEqual(difference(roles.rx, cpus("0-7")), []);
});
