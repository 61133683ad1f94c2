import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { get as getPlain } from "node:http";
import { get as getOverTls } from "node:https";
import { join } from "node:path";
import { consoleLength, lastLines } from "../console-log";
import { endProcess } from "../end-process";
import { LabError } from "../errors";
import { poll } from "../poll";
import { takenPorts } from "../ports";
import { keepIncarnation, type RunRecord, runningRecord, startTimeOf, wantedIncarnation, writeRecord } from "../state";
import { hasAccess, makeAccess } from "./access";
import { type Program, programsOf } from "./programs";
import type { ControlPlaneSpec } from "./spec";

type Log = (line: string) => void;

/** Makes the control plane run as it is asked to and waits until all of it is well. Safe to call again at any point. */
export async function controlPlaneOn(spec: ControlPlaneSpec, log: Log): Promise<void> {
  const programs = programsOf(spec);
  mkdirSync(spec.folder, { recursive: true, mode: 0o700 });
  const isAsItShouldBe = hasAccess(spec) && programs.every((program) => runs(spec, program) !== null);
  if (!isAsItShouldBe) {
    await endAll(spec.folder, log);
    makeAccess(spec);
  }
  const begin = Date.now();
  for (const program of programs) {
    const running = runs(spec, program);
    if (running !== null) keepIncarnation(join(spec.folder, program.name), running, spec.incarnation);
    const record = running ?? start(spec, program, log);
    await waitUntilWell(spec, program, record, begin);
  }
  log(`control plane: well on 127.0.0.1:${spec.ports.api}, ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

/** Ends what runs of it, the last one first, and removes its folder. */
export async function controlPlaneOff(folder: string, log: Log): Promise<void> {
  await endAll(folder, log);
  rmSync(folder, { recursive: true, force: true });
}

/** In the order in which they are ended. */
const names = ["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"] as const;

/** The incarnation that it should have: one more where any of its programs is gone, so that whoever takes it as an input starts that again. */
export function wantedIncarnationOf(folder: string): number {
  return Math.max(...names.map((name) => wantedIncarnation(join(folder, name))));
}

async function endAll(folder: string, log: Log): Promise<void> {
  for (const name of names) {
    const record = runningRecord(join(folder, name));
    if (record === null) continue;
    await endProcess(record, name);
    log(`control plane: ${name} (process ${record.pid}) ended`);
  }
}

/** The program's record where it runs with these very arguments. */
function runs({ folder, program }: ControlPlaneSpec, { name, arguments: wanted }: Program): RunRecord | null {
  const record = runningRecord(join(folder, name));
  return record !== null && JSON.stringify(record.arguments) === JSON.stringify([program, ...wanted]) ? record : null;
}

/** In a session of its own, with no file of ours open: it outlives the command and the engine that started it. */
function start(spec: ControlPlaneSpec, { name, arguments: given }: Program, log: Log): RunRecord {
  const folder = join(spec.folder, name);
  mkdirSync(folder, { recursive: true });
  const consoleStart = consoleLength(logFile(spec, name));
  const output = openSync(logFile(spec, name), "a");
  const child = spawn(spec.program, [name, ...given], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.once("error", () => undefined); // No process number then, which is told below.
  child.unref();
  if (child.pid === undefined)
    throw new LabError(`there is no program ${spec.program}`, "npm run lab:k8s makes it; run that");
  const record: RunRecord = {
    pid: child.pid,
    startTime: startTimeOf(child.pid) ?? "",
    incarnation: spec.incarnation,
    arguments: [spec.program, ...given],
    accelerator: "none",
    consoleStart,
  };
  writeRecord(folder, record);
  log(`control plane: ${name} started, process ${record.pid}`);
  return record;
}

function logFile({ folder }: ControlPlaneSpec, name: string): string {
  return join(folder, `${name}.log`);
}

async function waitUntilWell(spec: ControlPlaneSpec, program: Program, record: RunRecord, begin: number) {
  let gone = false;
  const limit = spec.limit - (Date.now() - begin) / 1000;
  const well = await poll({ limit, every: 0.1 }, async () => {
    gone = startTimeOf(record.pid) !== record.startTime;
    return gone || isWell(spec, program);
  });
  if (well && !gone) return;
  const file = logFile(spec, program.name);
  const last = lastLines(file, 1, record.consoleStart)[0] ?? "it left no message";
  const taken = portsOf(program).filter((port) => takenPorts().has(port));
  if (gone)
    throw new LabError(
      `${program.name} ended: ${last}`,
      taken.length > 0 ? `port ${taken[0]} of 127.0.0.1 is in use; end what uses it` : `see ${file}`,
    );
  throw new LabError(
    `${program.name} was not well within ${spec.limit} s; its log ends with: ${last}`,
    `see ${file}; running this again may be enough`,
  );
}

function portsOf({ health }: Program): number[] {
  return [Number(new URL(health.url).port)];
}

/** Answers 200 at its address of health. */
function isWell({ folder }: ControlPlaneSpec, { health }: Program): Promise<boolean> {
  const limit = { timeout: 2000 };
  return new Promise((resolve) => {
    const answered = (status: number | undefined) => resolve(status === 200);
    const request = health.url.startsWith("https:")
      ? getOverTls(health.url, { ...limit, ...trust(folder, health.isChecked) }, (answer) => {
          answer.resume();
          answered(answer.statusCode);
        })
      : getPlain(health.url, limit, (answer) => {
          answer.resume();
          answered(answer.statusCode);
        });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function trust(folder: string, isChecked: boolean): object {
  return isChecked ? { ca: readFileSync(join(folder, "certificates", "ca.crt")) } : { rejectUnauthorized: false };
}
