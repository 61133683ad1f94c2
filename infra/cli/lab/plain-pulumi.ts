import { spawn } from "node:child_process";
import { toTerminal } from "../progress";
import { labSettings } from "./settings";
import { prepareStack, stackExists } from "./stack";
import { setUp, stackChanges } from "./up";

/** Runs the engine with the lab's environment and the terminal as it is; its exit code is ours. */
export async function plainPulumi(args: readonly string[]): Promise<void> {
  const settings = labSettings();
  const engine = await setUp(settings, toTerminal);
  if (!stackExists(settings)) await prepareStack(settings, engine, stackChanges(settings, undefined), toTerminal);
  const child = spawn(engine.pulumi, args, {
    cwd: settings.projectFolder,
    env: { ...process.env, ...engine.environment },
    stdio: "inherit",
  });
  process.exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}
