#!/usr/bin/env node
import { parseArgs } from "node:util";
import { FleetFileError } from "../../components/fleet/errors";
import { checklist } from "./checklist";
import { doctor } from "./doctor";
import { CommandLineError } from "./errors";
import { explain } from "./explain";
import { facts } from "./facts";
import { labDown } from "./lab/down";
import { plainPulumi } from "./lab/plain-pulumi";
import { labStatus } from "./lab/status-verb";
import { labUp } from "./lab/up";
import { policyCheck } from "./policy-check";
import { toTerminal } from "./progress";
import { propose } from "./propose";

const usage = `usage: dpdk-fleet VERB

  lab up [--fleet FILE]    sets up whatever is missing, brings the lab up, ends with a table of what it made
  lab status [--json]      what the lab's nodes are now, and the pods of its cluster; changes nothing
  lab down                 takes the lab away; what was built stays in the cache folder
                           each with --stack lab-k8s: the lab with a cluster of Kubernetes in place of the other
  pulumi ARGUMENTS         the engine, with the lab's environment: pulumi preview -s lab --diff

of the nodes of a fleet, which --stack NAME or --fleet FILE names (the lab's where neither does):

  facts NODE [--json]                 what a server is, also one that is no node yet; changes nothing
  propose NODE [--facts FILE]         a fleet file for it, with the reason of every choice; - reads facts from standard input
  explain NODE                        what \`up\` would do there; changes nothing
  doctor [NODE…] [--fix] [--json]     what is wrong, by what evidence, and what mends it; --fix mends what is safe
  checklist [NODE…] [--json]          the production checklist, each row answered from what the node tells now

of what is written or was made anywhere, without an engine:

  policy check PATH… [--profile lab|staging|mainnet] [--config FILE] [--json]
                           the policy pack on a saved state (pulumi stack export) or on Kubernetes manifests, a file
                           or a folder; - reads standard input; FILE is one for --policy-pack-config

exit codes: 0 fine, 1 something was found or failed, 2 wrong usage`;

async function main(argv: string[]): Promise<void> {
  const [verb, ...rest] = argv;
  switch (verb) {
    case "lab":
      return lab(rest);
    case "pulumi":
      return plainPulumi(rest);
    case "facts": {
      const { values, names } = options(rest, { ...fleet, json: { type: "boolean" } });
      return facts(one(names, verb), values);
    }
    case "propose": {
      const { values, names } = options(rest, { ...fleet, facts: { type: "string" } });
      return propose(names.length === 0 ? undefined : one(names, verb), values);
    }
    case "explain": {
      const { values, names } = options(rest, fleet);
      return explain(one(names, verb), values);
    }
    case "doctor": {
      const { values, names } = options(rest, { ...fleet, fix: { type: "boolean" }, json: { type: "boolean" } });
      return doctor(names, values);
    }
    case "checklist": {
      const { values, names } = options(rest, { ...fleet, json: { type: "boolean" } });
      return checklist(names, values);
    }
    case "policy":
      return policy(rest);
    case "help":
    case "--help":
      process.stdout.write(`${usage}\n`);
      return;
    default:
      throw new CommandLineError(`unknown verb \`${argv.join(" ")}\``, usage, 2);
  }
}

async function lab([verb, ...rest]: string[]): Promise<void> {
  switch (verb) {
    case "up":
      return labUp(options(rest, { ...stack, fleet: { type: "string" } }, 0).values, toTerminal);
    case "status":
      return labStatus(options(rest, { ...stack, json: { type: "boolean" } }, 0).values);
    case "down":
      return labDown(options(rest, stack, 0).values, toTerminal);
    default:
      throw new CommandLineError(`unknown verb \`lab ${verb ?? ""}\``, usage, 2);
  }
}

async function policy([verb, ...rest]: string[]): Promise<void> {
  if (verb !== "check") throw new CommandLineError(`unknown verb \`policy ${verb ?? ""}\``, usage, 2);
  const flags = { profile: { type: "string" }, config: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, names } = options(rest, flags);
  return policyCheck(names, values);
}

const stack = { stack: { type: "string" } } as const;
const fleet = { ...stack, fleet: { type: "string" } } as const;

type Flags = Record<string, { type: "string" | "boolean" }>;
type Values<F extends Flags> = { [K in keyof F]?: F[K]["type"] extends "string" ? string : boolean };

function options<F extends Flags>(
  args: string[],
  flags: F,
  most = Number.POSITIVE_INFINITY,
): { values: Values<F>; names: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options: flags, strict: true, allowPositionals: most > 0 });
    return { values: values as Values<F>, names: positionals };
  } catch (error) {
    throw new CommandLineError((error as Error).message.split(". ")[0] ?? "wrong usage", usage, 2);
  }
}

function one(names: readonly string[], verb: string): string {
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  throw new CommandLineError(`${verb} takes one node, found ${names.join(" ") || "none"}`, usage, 2);
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
