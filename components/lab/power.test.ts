import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { portBaseFile } from "./ports";
import { type PowerSpec, powerOff, powerOn } from "./power";
import { isRunning, readRecord, runningRecord, wantedIncarnation } from "./state";

// A program of QEMU's name that says what a guest's console says, so that what is tested here is the life of a process.
const BOOTS = "echo login: lab-ready 0f8b6ad2-8f4c-4d0a-9d53-2f6d6c1a7a11 >> console.log; exec sleep 120";
const probe = { device: "/missing", command: ["false"] as [string], seconds: 1 };
const quiet = (): void => undefined;

let root: string;
let folder: string;
const path = process.env.PATH;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lab-"));
  folder = join(root, "guests", "alpha");
  mkdirSync(folder, { recursive: true });
  process.env.PATH = `${root}:${path}`;
  qemuIs(BOOTS);
});

afterEach(async () => {
  await powerOff(folder, quiet);
  process.env.PATH = path;
  rmSync(root, { recursive: true });
});

test("a guest is started once, in a session of its own, and its ports are remembered", async () => {
  await powerOn(spec(), probe, quiet);
  const record = runningRecord(folder);
  const stat = readFileSync(`/proc/${record?.pid}/stat`, "utf8").split(" ");
  assert.equal(stat[5], `${record?.pid}`, "it leads its session");
  assert.equal(readFileSync(portBaseFile(join(root, "guests")), "utf8"), "22000\n");
  await powerOn(spec(), probe, quiet);
  assert.deepEqual(runningRecord(folder), record);
});

test("a guest that runs with other arguments is ended and started with the new ones", async () => {
  await powerOn(spec(), probe, quiet);
  const before = runningRecord(folder);
  await powerOn(spec({ arguments: ["-m", "3G"] }), probe, quiet);
  const now = runningRecord(folder);
  assert.notEqual(now?.pid, before?.pid);
  assert.deepEqual(now?.arguments, ["-m", "3G"]);
});

test("a guest that is gone is started with the next incarnation", async () => {
  await powerOn(spec(), probe, quiet);
  await powerOff(folder, quiet);
  assert.equal(wantedIncarnation(folder), 2);
  await powerOn(spec({ incarnation: 2 }), probe, quiet);
  assert.equal(readRecord(folder)?.incarnation, 2);
  assert.equal(wantedIncarnation(folder), 2);
});

test("what an earlier boot said does not count as ready", async () => {
  appendFileSync(join(folder, "console.log"), "lab-ready 0f8b6ad2-8f4c-4d0a-9d53-2f6d6c1a7a11\n");
  qemuIs("exec sleep 120");
  await assert.rejects(powerOn(spec({ limit: 0.3 }), probe, quiet), /alpha: its sshd did not answer within 0\.3 s/);
});

test("a guest that does not boot fails in time with the last lines of its console, and is waited for when asked again", async () => {
  qemuIs("echo mounting >> console.log; echo Kernel panic >> console.log; exec sleep 120");
  await assert.rejects(powerOn(spec({ limit: 1 }), probe, quiet), /mounting\n {2}Kernel panic\n.*console\.log/s);
  const record = runningRecord(folder);
  appendFileSync(join(folder, "console.log"), "lab-ready 0f8b6ad2-8f4c-4d0a-9d53-2f6d6c1a7a11\n");
  await powerOn(spec({ limit: 1 }), probe, quiet);
  assert.deepEqual(runningRecord(folder), record);
});

test("a QEMU that ends by itself is told with its own last words", async () => {
  qemuIs("echo 'qemu: could not open disk.qcow2' >&2; exit 1");
  await assert.rejects(
    powerOn(spec(), probe, quiet),
    /alpha: QEMU ended: qemu: could not open disk\.qcow2; see .*qemu\.log/,
  );
  assert.ok(!isRunning(folder));
});

test("a port that another program uses is one clear line before anything starts", async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await assert.rejects(
    powerOn(spec({ ports: [port] }), probe, quiet),
    new RegExp(`port ${port} of 127.0.0.1 is in use`),
  );
  assert.ok(!existsSync(join(folder, "running.json")));
  await new Promise((closed) => server.close(closed));
});

test("a guest that is entered directly is ready when its sshd greets", async () => {
  qemuIs("exec sleep 120");
  let greeting = "";
  const server = createServer((socket) => socket.end(greeting));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await assert.rejects(powerOn(spec({ sshPort: port, limit: 0.6 }), probe, quiet), /did not answer/);
  greeting = "SSH-2.0-OpenSSH_9.2p1\r\n";
  await powerOn(spec({ sshPort: port }), probe, quiet);
  await new Promise((closed) => server.close(closed));
});

test("a QEMU that ignores the polite signal is ended by the other one", { timeout: 30_000 }, async () => {
  qemuIs(`trap '' TERM; ${BOOTS.replace("exec sleep 120", "while :; do sleep 1; done")}`);
  await powerOn(spec(), probe, quiet);
  await powerOff(folder, quiet);
  assert.ok(!isRunning(folder));
});

test("a process that is not the guest is left alone", async () => {
  writeFileSync(
    join(folder, "running.json"),
    JSON.stringify({ pid: process.pid, startTime: "1", incarnation: 1, arguments: [] }),
  );
  const lines: string[] = [];
  await powerOff(folder, (line) => lines.push(line));
  assert.deepEqual(lines, ["the guest does not run"]);
});

test("without QEMU there is one clear line", async () => {
  process.env.PATH = "/missing";
  await assert.rejects(powerOn(spec(), probe, quiet), /there is no program qemu-system-x86_64; install/);
});

function spec(changes: Partial<PowerSpec> = {}): PowerSpec {
  return {
    folder,
    hostname: "alpha",
    arguments: ["-m", "2G"],
    accelerator: "tcg",
    incarnation: 1,
    portBase: 22000,
    sshPort: null,
    ports: [],
    limit: 10,
    ...changes,
  };
}

function qemuIs(script: string): void {
  const file = join(root, "qemu-system-x86_64");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}
