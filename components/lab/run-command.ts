import { LabError } from "./errors";

/** What is said to the person who waits: standard output is a resource's own. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A value that the command provider passes; `whose` resource it is of. */
export function variable(name: string, whose: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new LabError(`${name} is not set`, `run this through ${whose}`);
  return value;
}

/** Runs the verb that a resource names, prints what it answers, and tells a mistake in one line. */
export function runCommand(main: (verb: string | undefined) => Promise<string>): void {
  main(process.argv[2]).then(
    (output) => process.stdout.write(output),
    (error: unknown) => {
      if (!(error instanceof LabError)) throw error;
      say(`lab: ${error.message}`);
      process.exitCode = 1;
    },
  );
}
