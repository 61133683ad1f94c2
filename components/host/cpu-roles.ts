import { type CpuSet, cpuSet, difference, formatCpuSet, intersection } from "./cpu-set";

/** The seed's roles beside the system. Those that poll come first: rx and tx. */
export const CPU_ROLES = ["rx", "tx", "consensus", "transactionPool", "mempool", "crypto"] as const;
export type CpuRole = (typeof CPU_ROLES)[number];
/** CPUs of each role; a role without CPUs of its own runs on the housekeeping CPUs. */
export type CpuRoles = Readonly<Record<CpuRole, CpuSet>>;

/** What the sets are computed from. */
export interface CpuTopology {
  readonly cpus: CpuSet;
  /** CPUs of each NUMA node. */
  readonly numaNodes: readonly CpuSet[];
  /** CPUs that share a core, a set for each core; a CPU that is in none has a core of its own. */
  readonly smtSiblings: readonly CpuSet[];
  /** Where the data plane's card is; -1 where the machine does not say. */
  readonly nicNumaNode: number;
}

export interface CpuProposal {
  readonly housekeeping: CpuSet;
  /** Empty where the machine has one core: it cannot be isolated. */
  readonly isolated: CpuSet;
  readonly roles: CpuRoles;
}

type Core = CpuSet;

// The seed's picture: 2 of 8 cores of each NUMA node are the system's.
const SYSTEM_SHARE = 4;
// Half of the roles on the card's NUMA node, half on another: that many cores must each side have.
const DRAWN = { near: ["rx", "consensus", "transactionPool"], far: ["tx", "mempool", "crypto"] } as const;

/**
 * Housekeeping, isolated CPUs and roles of a machine. Cores are never split, and the core of CPU 0 keeps the time.
 *
 * Two NUMA nodes with three cores or more to give are shared as the seed draws it: its 16-core picture comes out exactly. On a
 * smaller machine the cores near the card poll, and the others get what is left: a thread that polls across NUMA nodes pays for
 * every packet.
 */
export function proposeCpuRoles(topology: CpuTopology): CpuProposal {
  const nicNode = topology.numaNodes[topology.nicNumaNode] === undefined ? 0 : topology.nicNumaNode;
  const isolated = topology.numaNodes.map((cpus) => isolatedCores(coresOf(cpus, topology)));
  const near = isolated[nicNode] ?? [];
  const far = isolated.flatMap((cores, numaNode) => (numaNode === nicNode ? [] : cores));
  const asDrawn = near.length >= DRAWN.near.length && far.length >= DRAWN.far.length;
  const shares = asDrawn ? { ...shared(DRAWN.near, near), ...shared(DRAWN.far, far) } : nearFirst(near, far);
  const all = cpuSet(isolated.flat(2));
  return { housekeeping: difference(topology.cpus, all), isolated: all, roles: rolesOf(shares) };
}

/** Roles that were not told are empty. */
export function rolesOf(given: Partial<Record<CpuRole, CpuSet>>): CpuRoles {
  const of = (role: CpuRole) => given[role] ?? [];
  return {
    rx: of("rx"),
    tx: of("tx"),
    consensus: of("consensus"),
    transactionPool: of("transactionPool"),
    mempool: of("mempool"),
    crypto: of("crypto"),
  };
}

/** Why roles cannot be so; empty where they can. */
export function roleMistakes(roles: CpuRoles, isolated: CpuSet): { readonly role: CpuRole; readonly remedy: string }[] {
  return CPU_ROLES.flatMap((role, index) => {
    const say = (remedy: string) => [{ role, remedy }];
    const outside = difference(roles[role], isolated);
    if (outside.length > 0)
      return say(`CPU ${formatCpuSet(outside)} is not isolated; choose among ${formatCpuSet(isolated)}`);
    const other = CPU_ROLES.slice(0, index).find((earlier) => intersection(roles[earlier], roles[role]).length > 0);
    if (other === undefined) return [];
    return say(
      `CPU ${formatCpuSet(intersection(roles[other], roles[role]))} has the role ${other} already; give it one`,
    );
  });
}

/** What works and costs: a CPU that polls a card of another NUMA node. */
export function roleWarnings(
  roles: CpuRoles,
  numaNodes: readonly CpuSet[],
  portNumaNodes: readonly number[],
): string[] {
  const known = portNumaNodes.filter((numaNode) => numaNode >= 0);
  if (known.length === 0) return [];
  const near = known.flatMap((numaNode) => numaNodes[numaNode] ?? []);
  return (["rx", "tx"] as const).flatMap((role) => {
    const away = difference(roles[role], near);
    if (away.length === 0) return [];
    const where = [...new Set(known)].join(" and ");
    return [`cpus.roles.${role}: CPU ${formatCpuSet(away)} polls a card on NUMA node ${where} from another one`];
  });
}

/** Whole cores of a NUMA node, by their first CPU. */
function coresOf(cpus: CpuSet, { cpus: online, smtSiblings }: CpuTopology): Core[] {
  const there = intersection(cpus, online);
  const cores = there.map((cpu) => smtSiblings.find((core) => core.includes(cpu)) ?? [cpu]);
  return cores.filter((core, index) => cores.findIndex((other) => other[0] === core[0]) === index);
}

/** All but the system's; where CPU 0 is not, a single core is not the system's. */
function isolatedCores(cores: readonly Core[]): readonly Core[] {
  const least = cores.length > 1 || cores.some((core) => core.includes(0)) ? 1 : 0;
  return cores.slice(Math.max(least, Math.floor(cores.length / SYSTEM_SHARE)));
}

/** As many cores for each role, in order; the first roles get what is left over. */
function shared<R extends CpuRole>(roles: readonly R[], cores: readonly Core[]): Partial<Record<CpuRole, CpuSet>> {
  let next = 0;
  const shares = roles.map((role, index) => {
    const count = Math.floor(cores.length / roles.length) + (index < cores.length % roles.length ? 1 : 0);
    next += count;
    return [role, cpuSet(cores.slice(next - count, next).flat())] as const;
  });
  return Object.fromEntries(shares) as Partial<Record<CpuRole, CpuSet>>;
}

/** Polling roles within the card's NUMA node; only where that has no core to give do they poll from another. */
function nearFirst(near: readonly Core[], far: readonly Core[]): Partial<Record<CpuRole, CpuSet>> {
  const home = near.length > 0 ? near : far;
  const cores = near.length > 0 ? [...near, ...far] : far;
  const each = Math.max(1, Math.floor(cores.length / CPU_ROLES.length));
  const polling: readonly CpuRole[] = home.length > 1 ? ["rx", "tx"] : ["rx"];
  const pollers = home.slice(0, Math.min(home.length, each * polling.length));
  const others = CPU_ROLES.filter((role) => role !== "rx" && role !== "tx");
  return { ...shared(polling, pollers), ...shared(others, cores.slice(pollers.length)) };
}
