import { setTimeout as pause } from "node:timers/promises";

/** How long to wait for something, and how to say so. All in seconds. */
export interface Waiting {
  limit: number;
  /** Between two looks. */
  every: number;
  /** Called every ten seconds with the seconds that have passed. */
  progress?: (elapsed: number) => void;
}

/** Looks until `done` answers true. False when the time is over. */
export async function poll(waiting: Waiting, done: () => boolean | Promise<boolean>): Promise<boolean> {
  const start = Date.now();
  let told = 0;
  for (;;) {
    if (await done()) return true;
    const elapsed = (Date.now() - start) / 1000;
    if (elapsed >= waiting.limit) return false;
    if (elapsed - told >= 10) {
      told = elapsed;
      waiting.progress?.(Math.round(elapsed));
    }
    await pause(waiting.every * 1000);
  }
}
