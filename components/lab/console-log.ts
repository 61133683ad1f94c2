import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

// What lab-ready.service of the lab's disk prints once sshd takes connections; a login prompt may stand before it.
const READY = /lab-ready [0-9a-f-]{36}/;

/** The length of a console's log, 0 where there is none yet: what a boot prints comes after it. */
export function consoleLength(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether the guest said after this position that it can be entered. */
export function saysReady(file: string, position: number): boolean {
  return READY.test(readFrom(file, position));
}

/** The last lines that a console showed after this position, without colours. */
export function lastLines(file: string, count: number, position = 0): string[] {
  const start = Math.max(position, consoleLength(file) - 200 * count);
  const lines = withoutControl(readFrom(file, start)).split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "").slice(-count);
}

function withoutControl(text: string): string {
  // Terminal sequences (colours, cursor) start with ESC [; what else is not printable but a line's end is dropped.
  const esc = String.fromCharCode(27);
  const plain = text.split(esc).map((part, i) => (i === 0 ? part : part.replace(/^[[(][0-9;?]*[A-Za-z]/, "")));
  return [...plain.join("")].filter((c) => c >= " " || c === "\n").join("");
}

function readFrom(file: string, position: number): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const length = Math.max(0, fstatSync(descriptor).size - position);
    const buffer = Buffer.alloc(length);
    return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, length, position));
  } finally {
    closeSync(descriptor);
  }
}
