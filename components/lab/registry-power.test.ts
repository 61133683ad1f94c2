import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { portBaseFile } from "./ports";
import { type RegistrySpec, registryOff, registryOn } from "./registry-power";
import { isRunning, runningRecord, wantedIncarnation } from "./state";

// A program of docker-registry's name, so that what is tested here is the life of a process.
const SERVES = `exec node -e 'require("http").createServer((q, a) => a.end("{}")).listen(
  JSON.parse(require("fs").readFileSync(process.argv[2])).http.addr.split(":")[1], "127.0.0.1")' "$@"`;
const quiet = (): void => undefined;
const path = process.env.PATH;

let root: string;
let spec: RegistrySpec;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lab-"));
  const port = await freePort();
  spec = {
    folder: join(root, "registry"),
    lab: join(root, "guests"),
    portBase: 22000,
    port,
    incarnation: 1,
    limit: 20,
  };
  mkdirSync(join(root, "bin"));
  process.env.PATH = `${join(root, "bin")}:${path}`;
  programIs(SERVES);
});
afterEach(async () => {
  await registryOff(spec, quiet);
  process.env.PATH = path;
  rmSync(root, { recursive: true });
});

test("a registry is started once, in a session of its own, and the lab's ports are remembered", async () => {
  await registryOn(spec, quiet);
  const record = runningRecord(spec.folder);
  const stat = readFileSync(`/proc/${record?.pid}/stat`, "utf8").split(" ");
  assert.equal(stat[5], `${record?.pid}`, "it leads its session");
  assert.equal(readFileSync(portBaseFile(spec.lab), "utf8"), "22000\n");
  await registryOn(spec, quiet);
  assert.deepEqual(runningRecord(spec.folder), record);
});

test("a registry that is gone is started with the next incarnation and keeps what it holds", async () => {
  await registryOn(spec, quiet);
  mkdirSync(join(spec.folder, "storage"));
  const pid = runningRecord(spec.folder)?.pid as number;
  process.kill(pid, "SIGKILL");
  while (isRunning(spec.folder)) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(wantedIncarnation(spec.folder), 2);
  await registryOn({ ...spec, incarnation: 2 }, quiet);
  assert.equal(wantedIncarnation(spec.folder), 2);
  assert.ok(existsSync(join(spec.folder, "storage")));
});

test("a registry that is to listen elsewhere is ended and started there", async () => {
  await registryOn(spec, quiet);
  const before = runningRecord(spec.folder)?.pid;
  await registryOn({ ...spec, port: await freePort() }, quiet);
  assert.notEqual(runningRecord(spec.folder)?.pid, before);
});

test("when it is taken away, so is what it holds, and the lab's ports with the last of the lab", async () => {
  await registryOn(spec, quiet);
  mkdirSync(join(spec.lab, "alpha"));
  await registryOff(spec, quiet);
  assert.ok(!isRunning(spec.folder) && !existsSync(spec.folder) && existsSync(portBaseFile(spec.lab)));
  rmSync(join(spec.lab, "alpha"), { recursive: true });
  await registryOff(spec, quiet);
  assert.ok(!existsSync(spec.lab));
});

test("one that ends by itself is told with the last line of its log", async () => {
  programIs("echo first >&2; echo 'configuration error: x' >&2; exit 1");
  await assert.rejects(registryOn(spec, quiet), /the registry ended: configuration error: x; see .*registry\.log/);
});

test("one that does not answer is told in time with the last line of its log", async () => {
  programIs("echo loading >&2; exec sleep 60");
  const late = registryOn({ ...spec, limit: 0.3 }, quiet);
  await assert.rejects(late, /did not answer on 127\.0\.0\.1:\d+ within 0\.3 s; its log ends with: loading/);
});

test("a port that another program uses is one clear line before anything starts", { timeout: 30_000 }, async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(spec.port, "127.0.0.1", listening));
  await assert.rejects(
    registryOn(spec, quiet),
    new RegExp(`port ${spec.port} of 127.0.0.1 is in use; end the program`),
  );
  assert.ok(!existsSync(spec.folder));
  await new Promise((closed) => server.close(closed));
});

test("without the program there is one clear line", async () => {
  process.env.PATH = "/missing";
  await assert.rejects(registryOn(spec, quiet), /there is no program docker-registry; install Debian's package/);
});

test("a process that is not the registry is left alone", async () => {
  mkdirSync(spec.folder);
  writeFileSync(join(spec.folder, "running.json"), JSON.stringify({ pid: process.pid, startTime: "1", arguments: [] }));
  const lines: string[] = [];
  await registryOff(spec, (line) => lines.push(line));
  assert.deepEqual(lines, ["the registry does not run"]);
});

function programIs(script: string): void {
  const file = join(root, "bin", "docker-registry");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
