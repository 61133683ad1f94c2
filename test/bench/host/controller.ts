import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** What the operator's machine needs at most at one time. */
export interface Peak {
  /** Unit: MiB, pages that processes share counted once (PSS). */
  mib: number;
  processes: number;
}

/** How often one looks. Unit: ms. */
const lookEvery = 100;
const variable = "DPDK_FLEET_BENCH_RUN";

/**
 * Watches a command and all that it starts, daemons that have left its process group among them (OpenSSH's ControlPersist is one):
 * whoever has inherited the variable in the environment that `work` is given. Looking takes time: what is watched is not timed.
 */
export async function watched(work: (environment: Record<string, string>) => Promise<unknown>): Promise<Peak> {
  const mark = `${variable}=${randomUUID()}`;
  const peak: Peak = { mib: 0, processes: 0 };
  const look = () => {
    const found = marked(mark);
    peak.processes = Math.max(peak.processes, found.length);
    peak.mib = Math.max(peak.mib, found.reduce((sum, pid) => sum + proportionalKib(pid), 0) / 1024);
  };
  const timer = setInterval(look, lookEvery);
  try {
    await work({ [variable]: mark.slice(variable.length + 1) });
  } finally {
    clearInterval(timer);
  }
  return { mib: Math.round(peak.mib), processes: peak.processes };
}

function marked(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(mark))
    .map(Number);
}

/** Linux 4.14 and later (Documentation/ABI/testing/procfs-smaps_rollup). */
function proportionalKib(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** Processes end while one looks. */
function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
