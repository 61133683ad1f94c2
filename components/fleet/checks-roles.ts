import { roleMistakes, roleWarnings } from "../host/cpu-roles";
import { difference, formatCpuSet, union } from "../host/cpu-set";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/** Roles fit the isolated CPUs, and the data plane polls where they say. */
export function rolesMistakes({ cpus, dataPlane }: FleetNode): FleetProblem[] {
  const { roles } = cpus;
  if (roles === null) return [];
  const mistakes = roleMistakes(roles, cpus.isolated).map(({ role, remedy }) => ({
    path: ["cpus", "roles", role],
    value: formatCpuSet(roles[role]),
    remedy,
  }));
  if (mistakes.length > 0 || dataPlane === null) return mistakes;
  // pantheon-node gives each network thread the next CPU of its list (native-image/src/config/eal_command.c, add_lcores).
  const { networkThreads } = dataPlane.configToml.performance;
  const polling = dataPlane.dpdkConf.global.lcores.slice(0, networkThreads);
  const others = difference(polling, union(roles.rx, roles.tx));
  if (others.length === 0) return [];
  const remedy =
    `the data plane polls on the lowest lcores, ${formatCpuSet(polling)}, and CPU ${formatCpuSet(others)} is neither rx nor tx; ` +
    "write fewer threads, or give rx and tx the lowest CPUs";
  return [{ path: ["dataPlane", "threads", "network"], value: networkThreads, remedy }];
}

/** What a person should know of a node that works: a line each. */
export function nodeWarnings({ name, cpus, hardware, nics }: FleetNode): string[] {
  if (cpus.roles === null) return [];
  const ports = nics.map((nic) => hardware.nics.get(nic.name)?.numaNode ?? -1);
  const numaNodes = hardware.numaNodes.map((numaNode) => numaNode.cpus);
  return roleWarnings(cpus.roles, numaNodes, ports).map((line) => `${name}: ${line}`);
}
