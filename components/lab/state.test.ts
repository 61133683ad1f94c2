import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { isRunning, startTimeOf, wantedIncarnation, writeRecord } from "./state";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "guest-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (pid: number, startTime: string) => ({
  pid,
  startTime,
  incarnation: 3,
  arguments: [],
  accelerator: "tcg",
  consoleStart: 0,
});

test("a guest that never ran is in its first incarnation", () => {
  assert.equal(wantedIncarnation(folder), 1);
  assert.equal(wantedIncarnation(join(folder, "missing")), 1);
});

test("a running guest keeps its incarnation, a gone one gets the next", async () => {
  const child = spawn("sleep", ["60"]);
  const pid = child.pid as number;
  writeRecord(folder, record(pid, startTimeOf(pid) ?? ""));
  assert.ok(isRunning(folder));
  assert.equal(wantedIncarnation(folder), 3);
  child.kill();
  await once(child, "exit");
  assert.ok(!isRunning(folder));
  assert.equal(wantedIncarnation(folder), 4);
});

test("a process that got the guest's number later is not the guest", () => {
  writeRecord(folder, record(process.pid, "1"));
  assert.ok(!isRunning(folder));
});

test("the start time is found behind a program's name with blanks and brackets", () => {
  const stat = (state: string): void => {
    const fields = Array.from({ length: 50 }, (_, i) => `${i + 3}`);
    mkdirSync(join(folder, "7"), { recursive: true });
    writeFileSync(join(folder, "7", "stat"), `7 (a ) b) ${[state, ...fields.slice(1)].join(" ")}\n`);
  };
  stat("S");
  assert.equal(startTimeOf(7, folder), "22");
  stat("Z");
  assert.equal(startTimeOf(7, folder), null);
});

test("a record that is cut off counts as none", () => {
  writeFileSync(join(folder, "running.json"), '{"pid": 1');
  assert.equal(wantedIncarnation(folder), 1);
});
