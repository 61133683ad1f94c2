import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { consoleLength, lastLines } from "./console-log";
import { endProcess } from "./end-process";
import { LabError } from "./errors";
import { poll } from "./poll";
import { portBaseFile, rememberPortBase, takenPorts } from "./ports";
import { registryConfig } from "./registry-config";
import { keepIncarnation, type RunRecord, runningRecord, startTimeOf, writeRecord } from "./state";

/** A registry that is to run. */
export interface RegistrySpec {
  /** The registry's own folder, absolute: its process's record, its log, what it holds. */
  folder: string;
  /** The folder of the lab's guests, where the lab remembers its ports. */
  lab: string;
  portBase: number;
  /** TCP port of 127.0.0.1. */
  port: number;
  incarnation: number;
  /** Seconds from its start until it answers. */
  limit: number;
}

const PROGRAM = "docker-registry";
const LOG = "registry.log";
const CONFIG = "config.yml";
/** Seconds until a port counts as used by another program. */
const PORT_LIMIT = 5;

type Log = (line: string) => void;

/** Makes the registry run as it is asked to and waits until it answers. Safe to call again at any point. */
export async function registryOn(spec: RegistrySpec, log: Log): Promise<void> {
  const config = registryConfig(spec.port, join(spec.folder, "storage"));
  const running = runningRecord(spec.folder);
  if (running !== null && running.arguments[0] === config) {
    keepIncarnation(spec.folder, running, spec.incarnation);
    return waitUntilReady(spec, running);
  }
  if (running !== null) await endProcess(running, PROGRAM);
  await portFree(spec.port);
  mkdirSync(spec.folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(spec.folder, CONFIG), config);
  rememberPortBase(spec.lab, spec.portBase);
  const record = start(spec, config);
  log(`registry: started on 127.0.0.1:${spec.port}, process ${record.pid}`);
  await waitUntilReady(spec, record);
}

/**
 * Ends the registry and removes what it holds. Nothing is ended where it does not run, or where its process number belongs to
 * another program by now.
 */
export async function registryOff(spec: Pick<RegistrySpec, "folder" | "lab">, log: Log): Promise<void> {
  const record = runningRecord(spec.folder);
  if (record === null) log("the registry does not run");
  else {
    await endProcess(record, PROGRAM);
    log(`process ${record.pid} ended`);
  }
  rmSync(spec.folder, { recursive: true, force: true });
  // The last of the lab takes its remembered ports with it, as the last guest does.
  const portBase = basename(portBaseFile(spec.lab));
  if (existsSync(spec.lab) && readdirSync(spec.lab).every((name) => name === portBase))
    rmSync(spec.lab, { recursive: true, force: true });
}

async function portFree(port: number): Promise<void> {
  if (await poll({ limit: PORT_LIMIT, every: 0.2 }, () => !takenPorts().has(port))) return;
  throw new LabError(
    `the registry cannot be started: port ${port} of 127.0.0.1 is in use`,
    "end the program that uses it (`ss -lntp` shows it), or take the lab down and up again: it then chooses other ports",
  );
}

/** In a session of its own, with no file of ours open: it outlives the command and the engine that started it. */
function start(spec: RegistrySpec, config: string): RunRecord {
  const file = join(spec.folder, LOG);
  const consoleStart = consoleLength(file);
  const output = openSync(file, "a");
  const child = spawn(PROGRAM, ["serve", join(spec.folder, CONFIG)], {
    cwd: spec.folder,
    detached: true,
    stdio: ["ignore", output, output],
    // It reads settings from variables of this prefix too, and they would win over the file.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REGISTRY_"))),
  });
  closeSync(output);
  child.once("error", () => undefined); // No process number then, which is told below.
  child.unref();
  if (child.pid === undefined)
    throw new LabError(`there is no program ${PROGRAM}`, `install Debian's package ${PROGRAM} (npm start does)`);
  const record: RunRecord = {
    pid: child.pid,
    startTime: startTimeOf(child.pid) ?? "",
    incarnation: spec.incarnation,
    arguments: [config],
    accelerator: "none", // The record is that of a guest; a registry has no virtual CPU.
    consoleStart,
  };
  writeRecord(spec.folder, record);
  return record;
}

async function waitUntilReady(spec: RegistrySpec, record: RunRecord): Promise<void> {
  let gone = false;
  const ready = await poll({ limit: spec.limit, every: 0.1 }, async () => {
    gone = startTimeOf(record.pid) !== record.startTime;
    return gone || answers(spec.port);
  });
  if (ready && !gone) return;
  const file = join(spec.folder, LOG);
  const last = lastLines(file, 1, record.consoleStart)[0] ?? "it left no message";
  if (gone) throw new LabError(`the registry ended: ${last}`, `see ${file}`);
  throw new LabError(
    `the registry did not answer on 127.0.0.1:${spec.port} within ${spec.limit} s; its log ends with: ${last}`,
    `see ${file}; running this again may be enough`,
  );
}

/** `GET /v2/` is how a registry says that it is one (OCI distribution specification, end-1). */
async function answers(port: number): Promise<boolean> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2000) });
    return status === 200;
  } catch {
    return false;
  }
}
