import { type CpuSet, formatCpuSet } from "./cpu-set";
import type { HugepagePool } from "./hugepages";

/** What the kernel's command line is made of. */
export interface KernelSettings {
  /** The kernel release that the node boots, `6.1`: decides whether hugepages can be asked for per NUMA node. */
  readonly release: string;
  readonly iommu: "intel" | "amd" | "off";
  readonly hugepages: readonly HugepagePool[];
  readonly isolated: CpuSet;
  readonly isolcpus: boolean;
  readonly nohzFull: boolean;
  readonly rcuNocbs: boolean;
  /** Those of `tuning`, in order. */
  readonly tuning: readonly string[];
  readonly extraArguments: readonly string[];
}

/**
 * The node agent and the boot loader write these; `-` and `_` are the same to the kernel (kernel/params.c,
 * dash2underscore).
 */
const OWNED: Readonly<Record<string, string>> = {
  intel_iommu: "set kernel.iommu",
  amd_iommu: "set kernel.iommu: amd (Linux turns the AMD IOMMU on by itself and knows no amd_iommu=on)",
  iommu: "set kernel.iommu",
  default_hugepagesz: "set hugepages",
  hugepagesz: "set hugepages",
  hugepages: "set hugepages",
  isolcpus: "set cpus.isolated and kernel.isolcpus",
  nohz_full: "set cpus.isolated and kernel.nohzFull",
  rcu_nocbs: "set cpus.isolated and kernel.rcuNocbs",
  panic: "set kernel.panicSeconds",
  // Binds by vendor and device at boot: every card of that kind, the one that carries SSH too.
  "vfio_pci.ids": "set nics",
  "dpdk_fleet.trial": "leave it out, it marks a trial boot",
  root: "leave it out, the boot loader writes it",
  ro: "leave it out, the boot loader writes it",
  rw: "leave it out, the boot loader writes it",
  initrd: "leave it out, the boot loader writes it",
  boot_image: "leave it out, the boot loader writes it",
};

// Whatever GRUB's script language, /etc/default/grub (a shell file) or the kernel itself reads as syntax stays out.
const TOKEN = /^[A-Za-z0-9][A-Za-z0-9_.-]*(=[A-Za-z0-9_.,:@+/%!^-]+)?$/;

// COMMAND_LINE_SIZE is 2,048 on x86 (arch/x86/include/asm/setup.h); a quarter is left to root=, console= and the
// trial's marks.
export const MAX_ARGUMENTS_LENGTH = 1536;

/**
 * The kernel arguments as an ordered list of tokens: each `hugepages=` belongs to the `hugepagesz=` right before it.
 *
 * AMD: only `iommu=pt`. `amd_iommu` takes `off`, `force_isolation` and others, never `on`: the kernel uses the IOMMU
 * whenever the firmware describes one, and warns about the unknown option.
 */
export function kernelArguments(settings: KernelSettings): string[] {
  const cpus = formatCpuSet(settings.isolated);
  return [
    ...(settings.iommu === "intel" ? ["intel_iommu=on"] : []),
    ...(settings.iommu === "off" ? [] : ["iommu=pt"]),
    ...hugepageArguments(settings.hugepages, settings.release),
    ...(settings.isolcpus ? [`isolcpus=managed_irq,domain,${cpus}`] : []),
    ...(settings.nohzFull ? [`nohz_full=${cpus}`] : []),
    ...(settings.rcuNocbs ? [`rcu_nocbs=${cpus}`] : []),
    ...settings.tuning,
    ...settings.extraArguments,
  ];
}

function hugepageArguments(pools: readonly HugepagePool[], release: string): string[] {
  const first = pools[0];
  if (!first) return [];
  const pairs = pools.flatMap((pool) => [`hugepagesz=${pool.size}`, `hugepages=${pageCounts(pool, release)}`]);
  return [`default_hugepagesz=${first.size}`, ...pairs, ...hiddenSize(pools, release)];
}

/**
 * Before Linux 5.8 (commit 282f421438d5) the kernel makes no pool of 2M where the default is another size, so that none can be
 * had at run time either (mm/hugetlb.c, hugetlb_init). An empty one costs nothing.
 */
function hiddenSize(pools: readonly HugepagePool[], release: string): string[] {
  const hidden = pools[0]?.size === "1G" && !pools.some(({ size }) => size === "2M") && !isSince(release, 5, 8);
  return hidden ? ["hugepagesz=2M", "hugepages=0"] : [];
}

/**
 * An older kernel spreads a plain count evenly over its NUMA nodes; the node agent then sets the counts of 2M pages.
 */
function pageCounts(pool: HugepagePool, release: string): string {
  if (pool.pages.length === 1 || !takesPagesPerNumaNode(release)) {
    return String(pool.pages.reduce((sum, pages) => sum + pages, 0));
  }
  return pool.pages.map((pages, numaNode) => `${numaNode}:${pages}`).join(",");
}

/** `hugepages=0:128,1:128` is read since Linux 5.16 (commit b5389086ad7b). */
export function takesPagesPerNumaNode(release: string): boolean {
  return isSince(release, 5, 16);
}

function isSince(release: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = release.split(".").map(Number.parseFloat);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Why a token cannot be an extra argument, and what to do instead. Null where it can. */
export function extraArgumentMistake(token: string): string | null {
  if (!TOKEN.test(token)) {
    return "a kernel argument is one KEY or KEY=VALUE without whitespace, quotes or characters that GRUB or a shell reads";
  }
  const key = argumentKey(token);
  const owner = Object.hasOwn(OWNED, key) ? OWNED[key] : undefined;
  return owner === undefined ? null : `${key} is not yours to add here; ${owner}`;
}

export function argumentKey(token: string): string {
  return (token.split("=")[0] as string).replaceAll("-", "_").toLowerCase();
}
