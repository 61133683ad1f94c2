/** CPU numbers in ascending order, each once. The text form is the kernel's CPU list: `0-3,8`. */
export type CpuSet = readonly number[];

// CONFIG_NR_CPUS of the distributions' x86-64 kernels is 8192 (MAXSMP): a larger number is a typing mistake.
const MAX_CPUS = 8192;

/** Reads a CPU list such as `0-3,8`. Null where the text is none; the empty text is the empty set. */
export function parseCpuSet(text: string): CpuSet | null {
  if (text.trim() === "") return [];
  const cpus = new Set<number>();
  for (const part of text.split(",")) {
    const range = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part);
    if (!range) return null;
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last < first || last >= MAX_CPUS) return null;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpuSet(cpus);
}

/**
 * Writes ranges wherever it can: long lists of single CPUs overflow the kernel's command line, which then loses its end
 * without a word.
 */
export function formatCpuSet(set: CpuSet): string {
  const ranges: string[] = [];
  let first = 0;
  for (let i = 0; i < set.length; i++) {
    if (set[i + 1] === (set[i] as number) + 1) continue;
    ranges.push(first === i ? `${set[i]}` : `${set[first]}-${set[i]}`);
    first = i + 1;
  }
  return ranges.join(",");
}

export function cpuSet(cpus: Iterable<number>): CpuSet {
  return [...new Set(cpus)].sort((a, b) => a - b);
}

export function union(a: CpuSet, b: CpuSet): CpuSet {
  return cpuSet([...a, ...b]);
}

export function intersection(a: CpuSet, b: CpuSet): CpuSet {
  const other = new Set(b);
  return a.filter((cpu) => other.has(cpu));
}

export function difference(a: CpuSet, b: CpuSet): CpuSet {
  const other = new Set(b);
  return a.filter((cpu) => !other.has(cpu));
}
