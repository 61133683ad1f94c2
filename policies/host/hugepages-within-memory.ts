import { sizeKiB, toldPages } from "./arguments";
import { type HostPlan, planRule } from "./plan";

/**
 * Hugepages are taken from the memory before anything else runs: a node that is asked for more than it has kills its own services, or
 * does not come up. Each NUMA node keeps what the kernel needs there, the whole node what a small Debian needs.
 */
export const hugepagesWithinMemory = planRule({
  name: "dpdk-hugepages-within-memory",
  displayName: "Hugepages fit into the node's memory",
  description: "A DPDK node's hugepages leave memory for its kernel and its system.",
  severity: "critical",
  why: "Hugepages are taken before anything else runs: a node that gives more than it has kills its services, or does not come up.",
  source: "docs/failures.md, 4",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Ask for fewer pages under `hugepages` of the fleet file, or correct `hardware.numaNodes`.",
  mistakes: (plan) => [...perNumaNode(plan), ...onTheWhole(plan)],
});

const mib = 1024;

// Debian 11's installation guide, table 3.2: 512 MiB are recommended for a system without a desktop.
const systemKiB = 512 * mib;

/** `struct page` is 64 bytes for each 4 KiB (mm/vmemmap_dedup), `min_free_kbytes` 4 × √KiB (init_per_zone_wmark_min). */
const kernelKiB = (memory: number) => Math.ceil((memory / 64 + 4 * Math.sqrt(memory)) / mib) * mib;

interface Pool {
  readonly kib: number;
  readonly numaNode: number | null;
  readonly pages: number;
}

const listed = ({ hugepages }: HostPlan): Pool[] =>
  hugepages.map(({ size, numaNode, pages }) => ({ kib: sizeKiB(size), numaNode, pages }));
const told = ({ kernel }: HostPlan): Pool[] =>
  toldPages(kernel.arguments).flatMap(({ kib, counts }) => counts.map((count) => ({ kib, ...count })));

/** What the list says and what the kernel is told: of each size, the larger of the two is what the node tries to have. */
function asked(plan: HostPlan, of: (pool: Pool) => boolean = () => true): number {
  const both = [listed(plan).filter(of), told(plan).filter(of)];
  const sizes = [...new Set(both.flat().map(({ kib }) => kib))];
  const inAll = (pools: Pool[], size: number) =>
    sum(pools.filter(({ kib }) => kib === size).map(({ pages }) => pages * size));
  return sum(sizes.map((size) => Math.max(...both.map((pools) => inAll(pools, size)))));
}

function perNumaNode(plan: HostPlan): string[] {
  const { memory } = plan;
  const unknown = [...listed(plan), ...told(plan)]
    .filter(
      ({ numaNode, pages }) => numaNode !== null && pages > 0 && !memory.some((node) => node.numaNode === numaNode),
    )
    .map(({ numaNode, pages }) => `${pages} hugepages on NUMA node ${numaNode}, which the node has not; move them`);
  const full = memory.flatMap(({ numaNode, kib }) => {
    const wanted = asked(plan, (pool) => pool.numaNode === numaNode);
    const room = kib - kernelKiB(kib);
    if (wanted <= room) return [];
    return [
      `${inMiB(wanted)} of hugepages on NUMA node ${numaNode}, which has ${inMiB(kib)}; ` +
        `${inMiB(Math.max(0, room))} at most, the rest is its kernel's`,
    ];
  });
  return [...new Set(unknown), ...full];
}

function onTheWhole(plan: HostPlan): string[] {
  const has = sum(plan.memory.map(({ kib }) => kib));
  const wanted = asked(plan);
  if (wanted === 0 || wanted <= has - systemKiB) return [];
  return [
    `${inMiB(wanted)} of hugepages in all, and the node has ${inMiB(has)}; ${inMiB(Math.max(0, has - systemKiB))} at most, ` +
      `a system that is left less than ${inMiB(systemKiB)} kills its services`,
  ];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const inMiB = (kib: number) => `${Math.floor(kib / mib).toLocaleString("en-US")} MiB`;
