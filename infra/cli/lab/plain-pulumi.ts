import { spawn } from "node:child_process";
import { toTerminal } from "../progress";
import { labSettings } from "./settings";
import { setUp } from "./up";

/** Runs the engine with the lab's environment and the terminal as it is; its exit code is ours. */
export async function plainPulumi(args: readonly string[]): Promise<void> {
  const settings = labSettings();
  const engine = await setUp(settings, toTerminal);
  const child = spawn(engine.pulumi, args, {
    cwd: settings.projectFolder,
    env: { ...process.env, ...engine.environment },
    stdio: "inherit",
  });
  process.exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}
