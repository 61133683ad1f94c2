import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { isProcessRunning } from "../../../tools/process-running";
import type { LabPrograms } from "../../lab-cluster";
import { CommandLineError } from "../errors";
import type { Say } from "../progress";
import { type Engine, pulumiOrFail } from "./engine";
import type { LabSettings } from "./settings";

interface StackConfig {
  config?: Record<string, unknown>;
  encryptionsalt?: string;
}

/** Makes the stack, where there is none, and writes the configuration that it runs with. */
export async function prepareStack(
  settings: LabSettings,
  engine: Engine,
  changes: Record<string, unknown>,
  say: Say,
): Promise<void> {
  releaseDeadLocks(settings, say);
  const salt = stackExists(settings) ? saltOf(settings.stackConfigFile) : await initStack(settings, engine);
  writeStackConfig(settings, changes, salt);
}

/** Whether the lab's stack has been made on this machine. */
export function stackExists(settings: LabSettings): boolean {
  return existsSync(join(settings.stateFolder, ".pulumi", "stacks", "dpdk-fleet", `${settings.stack}.json`));
}

/**
 * `pulumi stack init` writes the salt of the passphrase beside the committed configuration, wherever it is told to look for
 * it. So the stack is made in a folder of its own with the same project name; answers the salt.
 */
async function initStack(settings: LabSettings, engine: Engine): Promise<string> {
  const folder = join(settings.labFolder, "init");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: dpdk-fleet\nruntime: nodejs\n");
  await pulumiOrFail(settings, engine, ["-C", folder, "stack", "init", settings.stack, "--no-select"]);
  const salt = saltOf(join(folder, `Pulumi.${settings.stack}.yaml`));
  rmSync(folder, { recursive: true });
  return salt;
}

function saltOf(file: string): string {
  return readYaml(file).encryptionsalt ?? "";
}

/** The committed configuration, the salt of this machine's passphrase, and what the command line changes. */
function writeStackConfig(settings: LabSettings, changes: Record<string, unknown>, salt: string): void {
  const committed = readYaml(committedConfig(settings));
  const text = dump({ ...committed, config: { ...committed.config, ...changes }, encryptionsalt: salt });
  const current = existsSync(settings.stackConfigFile) ? readFileSync(settings.stackConfigFile, "utf8") : "";
  if (current !== text) writeFileSync(settings.stackConfigFile, text, { mode: 0o600 });
}

/** The fleet file that the stack was last configured with. */
export function currentFleetFile(settings: LabSettings): string {
  const file = existsSync(settings.stackConfigFile) ? settings.stackConfigFile : committedConfig(settings);
  return fleetFileIn(settings, file);
}

/** The fleet file that the committed configuration names. */
export function committedFleetFile(settings: LabSettings): string {
  return fleetFileIn(settings, committedConfig(settings));
}

function fleetFileIn({ projectFolder }: LabSettings, file: string): string {
  const named = readYaml(file).config?.["dpdk-fleet:fleetFile"];
  if (typeof named === "string") return resolve(projectFolder, named);
  throw new CommandLineError(
    `${file} names no fleet file`,
    "write config: dpdk-fleet:fleetFile: stacks/NAME.fleet.yaml",
  );
}

/** The program that holds kubectl, as the stack was last configured. */
export function currentKubernetes(settings: LabSettings): string {
  const file = settings.stackConfigFile;
  const programs = existsSync(file) ? readYaml(file).config?.["dpdk-fleet:labPrograms"] : undefined;
  if (programs === undefined)
    throw new CommandLineError(`stack ${settings.stack} has no cluster of its own yet`, "run npm run lab:k8s", 2);
  return (programs as LabPrograms).kubernetes;
}

function committedConfig({ projectFolder, stack }: LabSettings): string {
  const file = join(projectFolder, "stacks", `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new CommandLineError(`there is no stack ${stack}, which would be ${file}`, "name another");
  return file;
}

function readYaml(file: string): StackConfig {
  return (load(readFileSync(file, "utf8")) ?? {}) as StackConfig;
}

/** The file backend leaves a lock behind when its engine is killed. One whose process is gone holds nothing. */
function releaseDeadLocks(settings: LabSettings, say: Say): void {
  const folder = join(settings.stateFolder, ".pulumi", "locks", "organization", "dpdk-fleet", settings.stack);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const lock = JSON.parse(readFileSync(join(folder, name), "utf8")) as { pid: number; hostname: string };
    if (lock.hostname !== hostname() || isProcessRunning(lock.pid)) continue;
    say(`the engine with process id ${lock.pid} is gone and has left a lock: released`);
    rmSync(join(folder, name));
  }
}
