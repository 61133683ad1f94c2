import type { Facts } from "../host/facts";
import { HUGEPAGE_KIB, type HugepagePool } from "../host/hugepages";
import { takesPagesPerNumaNode } from "../host/kernel-arguments";

const GIB_IN_KIB = 1024 * 1024;
/** The seed's socket-mem: 4,096 MB for each NUMA node. */
const MOST_KIB = 4 * GIB_IN_KIB;
/** Three quarters stay with the system: the seed's 4 GB of hugepages on its smallest server, of 16 GB. */
const SHARE = 4;

export interface HugepageProposal {
  readonly pool: HugepagePool;
  readonly why: string;
}

/** Hugepages sized from the memory of each NUMA node: 1 GiB pages where the CPU has them and every node with memory gets one. */
export function proposeHugepages({ numaNodes, hugepages, kernel }: Facts): HugepageProposal {
  const shares = numaNodes.map(({ memoryKiB }) => Math.min(MOST_KIB, (memoryKiB ?? 0) / SHARE));
  const pages = (size: "1G" | "2M") => shares.map((kiB) => Math.floor(kiB / HUGEPAGE_KIB[size]));
  const sizing = "a quarter of each NUMA node's memory, 4 GiB at most, which is the seed's socket-mem";
  const gigantic = pages("1G");
  const small = (why: string): HugepageProposal => ({
    pool: { size: "2M", pages: pages("2M") },
    why: `${sizing}; ${why}`,
  });
  if (!hugepages.some(({ size }) => size === "1G")) return small("2M, because the CPU has no pages of 1G");
  if (shares.some((kiB) => kiB > 0 && kiB < GIB_IN_KIB)) return small("2M, because that is less than one page of 1G");
  if (!takesPagesPerNumaNode(kernel.release) && new Set(gigantic).size > 1) {
    return small("2M, because a kernel before 5.16 spreads pages of 1G evenly");
  }
  return {
    pool: { size: "1G", pages: gigantic },
    why: `${sizing}; 1G, which a packet's address needs fewer TLB entries for`,
  };
}
