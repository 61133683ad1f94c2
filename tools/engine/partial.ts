import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isProcessRunning } from "../process-running";

/** The name of something that is being made; it gets its own name by a rename once it is complete. */
export function partialName(path: string): string {
  return `${path}.partial-${process.pid}`;
}

/** Removes what runs that were killed left half-made. What a run that still lives is making stays. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const pid = /(?:^|[./])partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isProcessRunning(Number(pid)))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}
