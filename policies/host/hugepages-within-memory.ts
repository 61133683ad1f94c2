import { kernelArgument } from "./arguments";
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
  enforcementLevel: "mandatory",
  tags: ["host"],
  remediationSteps: "Ask for fewer pages under `hugepages` of the fleet file, or correct `hardware.numaNodes`.",
  mistakes: (plan) => [...perNumaNode(plan), ...onTheWhole(plan)],
});

const mib = 1024;
const sizeKiB: Readonly<Record<string, number>> = { "2M": 2 * mib, "1G": 1024 * mib };

// Debian 12's installation guide, table 3.2: 512 MiB are recommended for a system without a desktop.
const systemKiB = 512 * mib;

/** `struct page` is 64 bytes for each 4 KiB (mm/vmemmap_dedup), `min_free_kbytes` 4 × √KiB (init_per_zone_wmark_min). */
const kernelKiB = (memory: number) => Math.ceil((memory / 64 + 4 * Math.sqrt(memory)) / mib) * mib;

function perNumaNode({ hugepages, memory }: HostPlan): string[] {
  const unknown = hugepages
    .filter(({ numaNode, pages }) => pages > 0 && !memory.some((node) => node.numaNode === numaNode))
    .map(({ numaNode, pages }) => `${pages} hugepages on NUMA node ${numaNode}, which the node has not; move them`);
  const full = memory.flatMap(({ numaNode, kib }) => {
    const asked = sum(hugepages.filter((pool) => pool.numaNode === numaNode).map(poolKiB));
    const room = kib - kernelKiB(kib);
    if (asked <= room) return [];
    return [
      `${inMiB(asked)} of hugepages on NUMA node ${numaNode}, which has ${inMiB(kib)}; ` +
        `${inMiB(Math.max(0, room))} at most, the rest is its kernel's`,
    ];
  });
  return [...unknown, ...full];
}

/** What the list says and what the kernel is told: the larger of the two is what the node tries to have. */
function onTheWhole({ hugepages, memory, kernel }: HostPlan): string[] {
  const has = sum(memory.map(({ kib }) => kib));
  const asked = Math.max(sum(hugepages.map(poolKiB)), argumentsKiB(kernel.arguments));
  if (asked === 0 || asked <= has - systemKiB) return [];
  return [
    `${inMiB(asked)} of hugepages in all, and the node has ${inMiB(has)}; ${inMiB(Math.max(0, has - systemKiB))} at most, ` +
      `a system that is left less than ${inMiB(systemKiB)} kills its services`,
  ];
}

const poolKiB = ({ size, pages }: HostPlan["hugepages"][number]) => (sizeKiB[size] ?? 0) * pages;

/** `hugepages=` belongs to the `hugepagesz=` before it, 2M without one; `0:128,1:128` are counts for NUMA nodes. */
function argumentsKiB(tokens: readonly string[]): number {
  let size = sizeKiB["2M"] as number;
  let total = 0;
  for (const { key, value } of tokens.map(kernelArgument)) {
    if (key === "hugepagesz") size = sizeKiB[value.toUpperCase()] ?? size;
    if (key === "hugepages") total += size * sum(value.split(",").map((count) => Number(count.split(":").at(-1)) || 0));
  }
  return total;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const inMiB = (kib: number) => `${Math.floor(kib / mib).toLocaleString("en-US")} MiB`;
