import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a guest's folder says of the QEMU process that was started last. */
export interface RunRecord {
  pid: number;
  /** Field 22 of /proc/PID/stat: a process number may come again, together with its start time it does not. */
  startTime: string;
  /** Grows by one with every start that a missing process made necessary. */
  incarnation: number;
  /** The arguments that QEMU was asked to run with, before the accelerator was chosen. */
  arguments: readonly string[];
  accelerator: string;
  /** Length of the console's log when it started: what follows is its own. */
  consoleStart: number;
}

const RECORD = "running.json";

/** Whether the guest of `folder` runs. */
export function isRunning(folder: string, proc = "/proc"): boolean {
  return runningRecord(folder, proc) !== null;
}

/** The record of the running guest of `folder`; null where none runs. */
export function runningRecord(folder: string, proc = "/proc"): RunRecord | null {
  const record = readRecord(folder);
  return record !== null && startTimeOf(record.pid, proc) === record.startTime ? record : null;
}

/**
 * The incarnation that the guest should have: that of the running one; one more where it is gone, so that whoever takes
 * this number as an input starts it again, and changes nothing else.
 */
export function wantedIncarnation(folder: string, proc = "/proc"): number {
  const record = readRecord(folder);
  if (record === null) return 1;
  return runningRecord(folder, proc) === null ? record.incarnation + 1 : record.incarnation;
}

/** What runs keeps its process and gets this number, so that the next look finds it as it was asked for. */
export function keepIncarnation(folder: string, running: RunRecord, incarnation: number): void {
  if (running.incarnation !== incarnation) writeRecord(folder, { ...running, incarnation });
}

export function readRecord(folder: string): RunRecord | null {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), "utf8")) as RunRecord;
  } catch {
    return null;
  }
}

export function writeRecord(folder: string, record: RunRecord): void {
  const file = join(folder, RECORD);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}

/** When a process started, in clock ticks since the machine's boot; null where it is gone or only waits to be collected. */
export function startTimeOf(pid: number, proc = "/proc"): string | null {
  try {
    const stat = readFileSync(join(proc, `${pid}`, "stat"), "utf8");
    // The second field is the program's name in brackets and may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
