import { type CommandOptions, type CommandResult, run } from "../../../../infra/cli/command";

/** A command's answer, and the seconds that it took by the clock and of the processor, those of its children too. */
export interface Timed extends CommandResult {
  readonly elapsed: number;
  readonly cpu: number;
}

// bash's own `time`: Node does not tell what a child has used. What the program says on standard error goes before it.
const script = 'TIMEFORMAT="%3U %3S"; time "$0" "$@"';

/** Runs a program to its end. On a machine that others use too, only the processor's time can be compared. */
export async function timed(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Timed> {
  const environment = { ...options.environment, LC_ALL: "C.UTF-8" }; // a point in numbers, not a comma
  const start = process.hrtime.bigint();
  const answer = await run("bash", ["-c", script, program, ...args], { ...options, environment });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  const lines = answer.err.trimEnd().split("\n");
  const cpu = (lines.pop() ?? "").split(" ").reduce((sum, part) => sum + Number(part), 0);
  return { ...answer, err: lines.join("\n"), elapsed, cpu };
}
