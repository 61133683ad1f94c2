/** Where a command says what it does. Standard error, so that standard output stays data. */
export type Say = (line: string) => void;

export const toTerminal: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Seconds since `start` (milliseconds), as people read them: `42 s`, `3 min 05 s`. */
export function elapsed(start: number, now = Date.now()): string {
  const seconds = Math.round((now - start) / 1000);
  if (seconds < 100) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Runs one step of a long command: says its name, lets it say what it waits for, and says how long it took. */
export async function step<T>(say: Say, name: string, work: (say: Say) => Promise<T>): Promise<T> {
  const start = Date.now();
  say(`- ${name}`);
  try {
    const result = await work((line) => say(`    ${elapsed(start).padStart(6)}  ${line}`));
    say(`  ${name}: done in ${elapsed(start)}`);
    return result;
  } catch (error) {
    say(`  ${name}: failed after ${elapsed(start)}`);
    throw error;
  }
}
