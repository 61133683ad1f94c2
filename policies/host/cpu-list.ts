// CONFIG_NR_CPUS of the distributions' kernels (MAXSMP).
const maxCpus = 8192;

/** The CPUs of a list as the kernel reads it (bitmap_parselist): `0-3,8`, `0-31:1/2`, `2-N`, `all`; `lastCpu` is what N stands for. */
export function cpusOf(list: string, lastCpu = maxCpus - 1): Set<number> {
  const cpus = new Set<number>();
  const number = (text: string) => (text === "N" ? lastCpu : Number(text));
  for (const part of list.split(",")) {
    const range = /^(\d+|N)(?:-(\d+|N))?(?::(\d+)\/(\d+))?$/.exec(part.trim().replace(/^all/i, "0-N"));
    if (range === null) continue;
    const [, from, to = from, used = "1", group = "1"] = range as unknown as [
      string,
      string,
      string?,
      string?,
      string?,
    ];
    const last = Math.min(number(to), maxCpus - 1);
    for (let cpu = number(from); cpu <= last; cpu++) {
      if ((cpu - number(from)) % Number(group) < Number(used)) cpus.add(cpu);
    }
  }
  return cpus;
}

/** CPUs that are in both, in ascending order. */
export function shared(one: Set<number>, other: Set<number>): number[] {
  return [...one].filter((cpu) => other.has(cpu)).sort((a, b) => a - b);
}
