/** The CPUs of a list as the kernel writes it, `0-3,8`; empty for an empty text. Words before them, as `isolcpus=` has, are passed over. */
export function cpusOf(list: string): Set<number> {
  const cpus = new Set<number>();
  for (const part of list.split(",")) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (range === null) continue;
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpus;
}

/** CPUs that are in both, in ascending order. */
export function shared(one: Set<number>, other: Set<number>): number[] {
  return [...one].filter((cpu) => other.has(cpu)).sort((a, b) => a - b);
}
