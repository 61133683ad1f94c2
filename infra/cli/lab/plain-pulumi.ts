import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { toTerminal } from "../progress";
import { type LabSettings, labSettings } from "./settings";
import { prepareStack, stackExists } from "./stack";
import { setUp, stackChanges } from "./up";

/** Runs the engine with the lab's environment and the terminal as it is; its exit code is ours. */
export async function plainPulumi(args: readonly string[]): Promise<void> {
  const settings = labOf(args);
  const engine = await setUp(settings, toTerminal);
  if (!stackExists(settings)) await prepareStack(settings, engine, stackChanges(settings, undefined), toTerminal);
  const child = spawn(engine.pulumi, args, {
    cwd: settings.projectFolder,
    env: { ...process.env, ...engine.environment },
    stdio: "inherit",
  });
  process.exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}

/** The lab of the stack that is named, where it has been brought up once; else the lab. */
function labOf(args: readonly string[]): LabSettings {
  const { values } = parseArgs({
    args: [...args],
    options: { stack: { type: "string", short: "s" } },
    strict: false,
  });
  const named = labSettings(typeof values.stack === "string" ? values.stack : undefined);
  return existsSync(named.stackConfigFile) ? named : labSettings();
}
