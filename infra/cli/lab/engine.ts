import { type CommandResult, run } from "../command";
import { CommandLineError } from "../errors";
import type { LabSettings } from "./settings";

/** How the lab's engine is called. */
export interface Engine {
  /** The program. */
  pulumi: string;
  /** Added to this process's environment: the engine's own and the stack's. */
  environment: Record<string, string>;
  /** Whether it was built here, because it could not be downloaded: nor can its plugins then. */
  isBuilt: boolean;
}

/** Runs `pulumi` in the project's folder; every line it prints goes to `onLine`. */
export function pulumi(
  settings: LabSettings,
  engine: Engine,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<CommandResult> {
  return run(engine.pulumi, [...args, "--non-interactive", "--color", "never"], {
    environment: engine.environment,
    folder: settings.projectFolder,
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/** Runs `pulumi` and expects success; what it says otherwise becomes the error. */
export async function pulumiOrFail(settings: LabSettings, engine: Engine, args: readonly string[]): Promise<string> {
  const done = await pulumi(settings, engine, args);
  if (done.code !== 0) {
    const last = (done.err || done.out).trim().split("\n").slice(-3).join(" / ");
    throw new CommandLineError(`\`pulumi ${args.join(" ")}\` ended with ${done.code}: ${last}`, "run it again");
  }
  return done.out;
}
