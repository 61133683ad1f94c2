import { formatMemory } from "./memory-size";

/** The two sizes of x86-64. */
export type HugepageSize = "2M" | "1G";

export const HUGEPAGE_KIB: Readonly<Record<HugepageSize, number>> = { "2M": 2048, "1G": 1024 * 1024 };

/** Pages of one size, a count for each NUMA node in ascending order. */
export interface HugepagePool {
  readonly size: HugepageSize;
  readonly pages: readonly number[];
}

/** What does not fit, and where: `pool` and `numaNode` are indexes, null where the whole list is meant. */
export interface HugepageMisfit {
  readonly pool: number | null;
  readonly numaNode: number | null;
  readonly reason: string;
}

// Debian 11's installation guide (table 3.2): 512 MiB recommended for a system without desktop, 256 MiB the minimum.
export const SYSTEM_FLOOR_KIB = 512 * 1024;

/**
 * What the kernel itself needs of one NUMA node: `struct page`, 64 bytes for each 4 KiB (Linux, mm/vmemmap_dedup), and
 * the reserve of `min_free_kbytes`, four times the square root of the KiB (mm/page_alloc.c, init_per_zone_wmark_min).
 * In whole MiB.
 */
export function kernelFloorKiB(memoryKiB: number): number {
  return Math.ceil((memoryKiB / 64 + 4 * Math.sqrt(memoryKiB)) / 1024) * 1024;
}

export function poolKiB(pool: HugepagePool, numaNode: number): number {
  return (pool.pages[numaNode] ?? 0) * HUGEPAGE_KIB[pool.size];
}

/** Checks pools against the memory of each NUMA node (KiB). Empty where everything fits. */
export function hugepageMisfits(pools: readonly HugepagePool[], memoryKiB: readonly number[]): HugepageMisfit[] {
  const misfits: HugepageMisfit[] = [];
  pools.forEach((pool, index) => {
    if (pools.findIndex((other) => other.size === pool.size) !== index) {
      misfits.push({
        pool: index,
        numaNode: null,
        reason: `size ${pool.size} is listed twice; the kernel takes each once`,
      });
    }
    if (pool.pages.length !== memoryKiB.length) {
      const counts = `${pool.pages.length} for ${memoryKiB.length} NUMA nodes`;
      misfits.push({
        pool: index,
        numaNode: null,
        reason: `page counts: ${counts}; give one count for each NUMA node`,
      });
    }
  });
  if (misfits.length > 0) return misfits;
  memoryKiB.forEach((memory, numaNode) => {
    misfits.push(...misfitsOfNumaNode(pools, memory, numaNode));
  });
  if (misfits.length > 0) return misfits;
  const total = memoryKiB.reduce((sum, memory) => sum + memory, 0);
  const asked = memoryKiB.reduce((sum, _, n) => sum + pools.reduce((inner, pool) => inner + poolKiB(pool, n), 0), 0);
  if (pools.length > 0 && asked > total - SYSTEM_FLOOR_KIB) {
    const room = formatMemory(Math.max(0, total - SYSTEM_FLOOR_KIB));
    const floor = formatMemory(SYSTEM_FLOOR_KIB);
    const reason = `${formatMemory(asked)} of hugepages leave the system less than ${floor}; ${room} at most on this node`;
    misfits.push({ pool: null, numaNode: null, reason });
  }
  return misfits;
}

function misfitsOfNumaNode(pools: readonly HugepagePool[], memoryKiB: number, numaNode: number): HugepageMisfit[] {
  const misfits: HugepageMisfit[] = [];
  const asked = pools.reduce((sum, pool) => sum + poolKiB(pool, numaNode), 0);
  const room = memoryKiB - kernelFloorKiB(memoryKiB);
  if (asked > room) {
    const last = pools.length - 1;
    const others = asked - poolKiB(pools[last] as HugepagePool, numaNode);
    const most = Math.max(0, Math.floor((room - others) / HUGEPAGE_KIB[(pools[last] as HugepagePool).size]));
    const reason =
      `${formatMemory(asked)} of hugepages on NUMA node ${numaNode}, which has ${formatMemory(memoryKiB)} and needs ` +
      `${formatMemory(kernelFloorKiB(memoryKiB))} for its kernel; ${most} pages at most`;
    misfits.push({ pool: last, numaNode, reason });
  }
  pools.forEach((pool, index) => {
    if (pool.size !== "1G") return;
    // A 1 GiB page is one aligned GiB. The first of a NUMA node is never whole: low memory, the PCI hole, the kernel
    // image.
    const whole = Math.max(0, Math.floor(memoryKiB / HUGEPAGE_KIB["1G"]) - 1);
    if (asked <= room && (pool.pages[numaNode] ?? 0) > whole) {
      const reason = `NUMA node ${numaNode} has ${formatMemory(memoryKiB)}, so ${whole} whole aligned GiB at most`;
      misfits.push({ pool: index, numaNode, reason });
    }
  });
  return misfits;
}
