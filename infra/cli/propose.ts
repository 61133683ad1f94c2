import { readFileSync } from "node:fs";
import { loadConnections } from "../../components/fleet/load";
import { propose as proposal } from "../../components/fleet/propose";
import { type ConnectionLines, connectionLines } from "../../components/fleet/propose-connection";
import { type Facts, parseFacts } from "../../components/host/facts";
import { CommandLineError } from "./errors";
import { factsText } from "./facts";
import type { AgentCall } from "./lab/status";
import { chooseNodes, type FleetOption, fleetFileOf, withNodes } from "./nodes";

/**
 * `dpdk-fleet propose NODE`: a fleet file for a server, from its facts, with the reason of every choice. With `--facts FILE` nothing
 * is connected to; how the server is entered is then taken from a fleet file only where one is named.
 */
export async function propose(name: string | undefined, options: FleetOption & { facts?: string }): Promise<void> {
  const text = options.facts === undefined ? await asked(name, options) : given(name, options.facts, options);
  process.stdout.write(text);
}

async function asked(name: string | undefined, options: FleetOption): Promise<string> {
  if (name === undefined) throw new CommandLineError("propose needs a node", "name one, or facts with --facts FILE", 2);
  const fleet = loadConnections(fleetFileOf(options));
  const [node] = chooseNodes(fleet, [name]);
  const text = await withNodes(fleet, [name], ([call]) => factsText(call as AgentCall), options);
  return write(parseFacts(text), name, fleet.site, node === undefined ? null : connectionLines(fleet, node));
}

function given(name: string | undefined, file: string, options: FleetOption): string {
  const facts = readFacts(file);
  const called = name ?? facts.hostname ?? "";
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(called)) {
    throw new CommandLineError(`the host is called ${JSON.stringify(called)}, which no node can be`, "name a node", 2);
  }
  if (options.stack === undefined && options.fleet === undefined) return write(facts, called, "site", null);
  const fleet = loadConnections(fleetFileOf(options));
  const [node] = chooseNodes(fleet, [called]);
  return write(facts, called, fleet.site, node === undefined ? null : connectionLines(fleet, node));
}

function readFacts(file: string): Facts {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandLineError(
      `${file} cannot be read (${code})`,
      "name a file that `dpdk-fleet facts NODE --json` wrote",
    );
  }
  try {
    return parseFacts(text);
  } catch (error) {
    throw new CommandLineError(
      `${file}: ${(error as Error).message}`,
      "give what `dpdk-fleet facts NODE --json` writes",
    );
  }
}

function write(facts: Facts, name: string, site: string, connection: ConnectionLines | null): string {
  try {
    return proposal({ facts, name, site, connection });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [what = "", ...remedy] = error.message.split("; ");
    throw new CommandLineError(`${name}: ${what}`, remedy.join("; "));
  }
}
