import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * Remembers, in a file of the operator's machine, whether the last update of a node ended well. The engine keeps the old inputs of
 * an update that failed or was interrupted, so a fleet file that is put back to them would change nothing, although the node may
 * be half what the failed one asked for. The number of such updates is therefore an input: after one, the next `up` looks at the
 * node whatever its plan.
 */
export interface Journal {
  /** Updates that did not end well, the one that is open by now included. */
  attempt: number;
  hooks: pulumi.ResourceHookBinding;
}

interface Entry {
  attempt: number;
  /** Whether an update has begun and not ended well. */
  open: boolean;
}

/** The journal of a resource of this name. Reading it changes nothing: a preview writes no file. */
export function journal(name: string, file: string): Journal {
  const attempt = attemptAfter(readEntry(file));
  const note = (open: boolean) => async () => writeEntry(file, { attempt, open });
  return {
    attempt,
    hooks: {
      beforeUpdate: [new pulumi.ResourceHook(`${name}-update-begins`, note(true))],
      afterUpdate: [new pulumi.ResourceHook(`${name}-update-ends`, note(false))],
    },
  };
}

/** The number of the next update: one more than that of an update that is still open. */
export function attemptAfter(last: Entry): number {
  return last.open ? last.attempt + 1 : last.attempt;
}

/** What was written last; nothing there, or nothing that can be read: no update has failed here. */
export function readEntry(file: string): Entry {
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Partial<Entry>;
    return { attempt: Number.isInteger(found.attempt) ? (found.attempt as number) : 0, open: found.open === true };
  } catch {
    return { attempt: 0, open: false };
  }
}

/** In one step, so that an interrupted write leaves the entry before it. */
export function writeEntry(file: string, entry: Entry): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(entry)}\n`);
  renameSync(temporary, file);
}
