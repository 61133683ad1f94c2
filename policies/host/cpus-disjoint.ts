import { withKey } from "./arguments";
import { cpusOf, shared } from "./cpu-list";
import { type HostPlan, planRule } from "./plan";

/**
 * A CPU that polls and does the system's work too loses packets; a node without housekeeping CPUs has none for SSH, and one without
 * isolated CPUs has none for the data plane.
 */
export const cpusDisjoint = planRule({
  name: "dpdk-cpus-disjoint",
  displayName: "Isolated and housekeeping CPUs are disjoint",
  description: "A DPDK node has isolated and housekeeping CPUs, and none is both.",
  severity: "critical",
  why: "A CPU that polls and serves the system at once loses packets whenever the system works, and an empty set boots a node without one of them.",
  source: "docs/failures.md, 5",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Give each CPU to one of `cpus.housekeeping` and `cpus.isolated` of the fleet file, at least one to each.",
  mistakes: (plan) => [...emptySets(plan), ...overlaps(plan)],
});

function emptySets({ cpus }: HostPlan): string[] {
  return (["housekeeping", "isolated"] as const)
    .filter((role) => cpusOf(cpus[role]).size === 0)
    .map((role) => `cpus.${role} is empty; give it one CPU or more`);
}

/** The arguments are what the kernel does in the end, so they are held against the housekeeping CPUs too. */
function overlaps({ cpus, kernel }: HostPlan): string[] {
  const housekeeping = cpusOf(cpus.housekeeping);
  const lastCpu = Math.max(
    ...[cpus.online ?? "", cpus.housekeeping, cpus.isolated].flatMap((list) => [...cpusOf(list)]),
  );
  const isolating = withKey(kernel.arguments, "isolcpus", "nohz_full", "rcu_nocbs").map(({ token, value }) => ({
    where: `kernel argument ${token}`,
    list: value,
  }));
  return [{ where: `cpus.isolated ${cpus.isolated}`, list: cpus.isolated }, ...isolating].flatMap(({ where, list }) => {
    const both = shared(cpusOf(list, lastCpu), housekeeping);
    if (both.length === 0) return [];
    return [
      `${where} takes CPU ${both.join(",")}, which cpus.housekeeping ${cpus.housekeeping} has too; leave it to one of them`,
    ];
  });
}
