#!/usr/bin/env node
import { parseArgs } from "node:util";
import { FleetFileError } from "../../components/fleet/errors";
import { CommandLineError } from "./errors";
import { labDown } from "./lab/down";
import { plainPulumi } from "./lab/plain-pulumi";
import { labStatus } from "./lab/status-verb";
import { labUp } from "./lab/up";
import { toTerminal } from "./progress";

const usage = `usage: dpdk-fleet VERB

  lab up [--fleet FILE]    sets up whatever is missing, brings the lab up, ends with a table of what it made
  lab status [--json]      what the lab's nodes are now; changes nothing
  lab down                 takes the lab away; what was built stays in the cache folder
  pulumi ARGUMENTS         the engine, with the lab's environment: pulumi preview -s lab --diff`;

async function main(argv: string[]): Promise<void> {
  const [noun, verb, ...rest] = argv;
  if (noun === "pulumi") return plainPulumi(argv.slice(1));
  if (noun !== "lab") throw new CommandLineError(`unknown verb \`${argv.join(" ")}\``, usage, 2);
  switch (verb) {
    case "up":
      return labUp(options(rest, { fleet: { type: "string" } }), toTerminal);
    case "status":
      return labStatus(options(rest, { json: { type: "boolean" } }));
    case "down":
      return labDown(toTerminal);
    default:
      throw new CommandLineError(`unknown verb \`lab ${verb ?? ""}\``, usage, 2);
  }
}

type Flags = Record<string, { type: "string" | "boolean" }>;
type Values<F extends Flags> = { [K in keyof F]?: F[K]["type"] extends "string" ? string : boolean };

function options<F extends Flags>(args: string[], flags: F): Values<F> {
  try {
    return parseArgs({ args, options: flags, strict: true }).values as Values<F>;
  } catch (error) {
    throw new CommandLineError((error as Error).message.split(". ")[0] ?? "wrong usage", usage, 2);
  }
}

/** Ours carry what to do; of anything else, whoever mends it needs the trace. */
function isForPeople(error: unknown): boolean {
  return error instanceof FleetFileError || (error instanceof Error && "remedy" in error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`dpdk-fleet: ${error instanceof Error ? error.message : String(error)}\n`);
  if (!isForPeople(error)) process.stderr.write(`${error instanceof Error ? error.stack : ""}\n`);
  process.exitCode = error instanceof CommandLineError ? error.exitCode : 1;
});
