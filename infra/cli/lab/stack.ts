import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { isProcessRunning } from "../../../tools/process-running";
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
  changes: Record<string, string>,
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
  const folder = join(settings.cacheFolder, "lab", "init");
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
function writeStackConfig(settings: LabSettings, changes: Record<string, string>, salt: string): void {
  const committed = readYaml(join(settings.projectFolder, "stacks", "Pulumi.lab.yaml"));
  const text = dump({ ...committed, config: { ...committed.config, ...changes }, encryptionsalt: salt });
  const current = existsSync(settings.stackConfigFile) ? readFileSync(settings.stackConfigFile, "utf8") : "";
  if (current !== text) writeFileSync(settings.stackConfigFile, text, { mode: 0o600 });
}

/** The fleet file that the stack was last configured with. */
export function currentFleetFile(settings: LabSettings): string {
  const committed = join(settings.projectFolder, "stacks", "Pulumi.lab.yaml");
  const config = readYaml(existsSync(settings.stackConfigFile) ? settings.stackConfigFile : committed).config;
  return resolve(settings.projectFolder, String(config?.["dpdk-fleet:fleetFile"]));
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
