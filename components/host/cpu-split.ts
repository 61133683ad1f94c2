import { type CpuSet, cpuSet, difference, intersection } from "./cpu-set";

/** What the sets are computed from. */
export interface CpuTopology {
  readonly cpus: CpuSet;
  /** CPUs of each NUMA node. */
  readonly numaNodes: readonly CpuSet[];
  /** CPUs that share a core, a set for each core; a CPU that is in none has a core of its own. */
  readonly smtSiblings: readonly CpuSet[];
}

/** Housekeeping and isolated CPUs: of each NUMA node a quarter of its cores is the system's, as the seed draws it, CPU 0's at least. */
export function splitCpus({ cpus, numaNodes, smtSiblings }: CpuTopology): { housekeeping: CpuSet; isolated: CpuSet } {
  const isolated = numaNodes.flatMap((numaNode) => {
    const there = intersection(numaNode, cpus);
    const cores = there.map((cpu) => smtSiblings.find((core) => core.includes(cpu)) ?? [cpu]);
    const each = cores.filter((core, index) => cores.findIndex((other) => other[0] === core[0]) === index);
    return each.slice(Math.max(1, Math.floor(each.length / 4))).flat();
  });
  return { housekeeping: difference(cpus, cpuSet(isolated)), isolated: cpuSet(isolated) };
}
