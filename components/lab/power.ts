import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { chooseAccelerator, type KvmProbe, type WantedAccelerator } from "./accelerator";
import { consoleLength, lastLines, saysReady } from "./console-log";
import { endProcess } from "./end-process";
import { LabError } from "./errors";
import type { Firmware } from "./firmware";
import { poll } from "./poll";
import { rememberPortBase, takenPorts } from "./ports";
import { type Accelerator, acceleratorArguments, CONSOLE, QMP_SOCKET } from "./qemu";
import { qmp } from "./qmp";
import { sshdAnswers } from "./sshd-answers";
import { keepIncarnation, type RunRecord, runningRecord, startTimeOf, writeRecord } from "./state";

/** A guest that is to run. */
export interface PowerSpec {
  /** The guest's own folder, absolute. */
  folder: string;
  hostname: string;
  /** Of QEMU, but for those of the accelerator. */
  arguments: readonly string[];
  accelerator: WantedAccelerator;
  /** What KVM is probed with. Default: bios. */
  firmware?: Firmware;
  incarnation: number;
  portBase: number;
  /** Port of 127.0.0.1 at which sshd greets; null: its console says when it can be entered. */
  sshPort: number | null;
  /** TCP and UDP ports of 127.0.0.1 that the guest takes. */
  ports: readonly number[];
  /** Seconds from the start of QEMU until the guest can be entered. Measured: 30 under emulation, alone on two cores. */
  limit: number;
}

const QEMU = "qemu-system-x86_64";
const QEMU_LOG = "qemu.log";
/** Seconds until a port counts as used by another program. */
const PORTS_LIMIT = 5;

/** What is said to the person who waits. */
type Log = (line: string) => void;

/**
 * Makes the guest run as it is asked to and waits until it can be entered. A guest that runs with other arguments is shut
 * down first. Safe to call again at any point.
 */
export async function powerOn(spec: PowerSpec, probe: KvmProbe, log: Log): Promise<void> {
  const running = runningRecord(spec.folder);
  if (running !== null && sameList(running.arguments, spec.arguments)) {
    keepIncarnation(spec.folder, running, spec.incarnation);
    return waitUntilReady(spec, running, log);
  }
  if (running !== null) await shutDown(spec.folder, log);
  await portsFree(spec);
  const accelerator = await chooseAccelerator(spec.accelerator, probe, log);
  rememberPortBase(dirname(spec.folder), spec.portBase);
  const record = start(spec, accelerator);
  log(`${spec.hostname}: started with ${accelerator}, process ${record.pid}`);
  await waitUntilReady(spec, record, log);
}

/** A QEMU that just ended may hold its ports a moment longer, while the kernel takes its memory apart. */
async function portsFree(spec: PowerSpec): Promise<void> {
  let busy: number[] = [];
  const free = await poll({ limit: PORTS_LIMIT, every: 0.2 }, () => {
    const taken = takenPorts();
    busy = spec.ports.filter((port) => taken.has(port));
    return busy.length === 0;
  });
  if (free) return;
  throw new LabError(
    `${spec.hostname} cannot be started: port ${busy.join(", ")} of 127.0.0.1 is in use`,
    "end the program that uses it (`ss -lntup` shows it), or take the lab down and up again: it then chooses other ports",
  );
}

/**
 * Ends the guest's QEMU at once, as if its power were cut. Nothing happens where it does not run, or where its process number
 * belongs to another program by now.
 */
export async function powerOff(folder: string, log: Log): Promise<void> {
  const record = runningRecord(folder);
  if (record === null) return log("the guest does not run");
  await endProcess(record, QEMU);
  log(`process ${record.pid} ended`);
}

/** QEMU in a session of its own, with no file of ours open: it outlives the command and the engine that started it. */
function start(spec: PowerSpec, accelerator: Accelerator): RunRecord {
  const consoleStart = consoleLength(join(spec.folder, CONSOLE));
  const output = openSync(join(spec.folder, QEMU_LOG), "a");
  const args = [...acceleratorArguments(accelerator), ...spec.arguments];
  const child = spawn(QEMU, args, { cwd: spec.folder, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  child.once("error", () => undefined); // No process number then, which is told below.
  child.unref();
  if (child.pid === undefined) {
    throw new LabError(`there is no program ${QEMU}`, "install qemu-system-x86 8 or newer (npm start does)");
  }
  const record: RunRecord = {
    pid: child.pid,
    startTime: startTimeOf(child.pid) ?? "",
    incarnation: spec.incarnation,
    arguments: spec.arguments,
    accelerator,
    consoleStart,
  };
  writeRecord(spec.folder, record);
  return record;
}

async function waitUntilReady(spec: PowerSpec, record: RunRecord, log: Log): Promise<void> {
  const position = record.consoleStart;
  const console = join(spec.folder, CONSOLE);
  const progress = (elapsed: number): void => {
    const last = lastLines(console, 1, position)[0] ?? "nothing yet";
    log(`${spec.hostname}: ${elapsed} s, waiting for its sshd; console: ${last.slice(0, 100)}`);
  };
  let gone = false;
  const ready = await poll({ limit: spec.limit, every: 0.5, progress }, async () => {
    gone = startTimeOf(record.pid) !== record.startTime;
    if (gone || spec.sshPort === null) return gone || saysReady(console, position);
    return sshdAnswers(spec.sshPort, 5000);
  });
  if (gone) {
    const reason = lastLines(join(spec.folder, QEMU_LOG), 1)[0] ?? "it left no message";
    throw new LabError(`${spec.hostname}: QEMU ended: ${reason}`, `see ${join(spec.folder, QEMU_LOG)}`);
  }
  if (ready) return;
  const lines = lastLines(console, 5, position).join("\n  ");
  throw new LabError(
    `${spec.hostname}: its sshd did not answer within ${spec.limit} s; its console ends with\n  ${lines}\n`,
    `see ${console}; it goes on booting, so running this again may be enough`,
  );
}

/** Asks the guest to shut down as its power button would; cuts the power where that takes over a minute. */
async function shutDown(folder: string, log: Log): Promise<void> {
  const record = runningRecord(folder);
  if (record === null) return;
  log("the guest runs with other arguments: shutting it down");
  const asked = await qmp(folder, QMP_SOCKET, "system_powerdown");
  const gone = (): boolean => startTimeOf(record.pid) !== record.startTime;
  if (asked && (await poll({ limit: 60, every: 0.5 }, gone))) return;
  await endProcess(record, QEMU);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
