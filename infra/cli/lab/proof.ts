import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fleet, FleetConnections } from "../../../components/fleet/types";
import { CommandLineError } from "../errors";
import { type Say, step } from "../progress";
import { podProblems, podTable, settledPods } from "./pods";
import { exchangeOfServices } from "./services";
import type { LabSettings } from "./settings";
import { settled, startLimit } from "./settle";
import { writeSshConfig } from "./ssh-config";
import { type AgentCall, askAll, type NodeAnswer } from "./status";
import { labTable } from "./table";
import { type Exchange, exchangeFrames } from "./traffic";

/** Seconds that the nodes exchange frames: enough to count thousands under emulation, short enough to leave the cores alone. */
const trafficSeconds = 5;

/** Seconds for pods to exchange their first frames: they are ready before their peer's address is resolved. */
const podSeconds = 60;

/** Shows that the lab is what its fleet file says: asks every node, lets neighbours exchange frames, prints the table. */
export async function proveLab(settings: LabSettings, fleet: Fleet, say: Say): Promise<void> {
  const calls = agentCalls(settings, fleet);
  const limit = startLimit(fleet);
  const answers = await step(say, "asking every node", (inner) => settled(() => askAll(calls), limit, inner));
  const exchanges = await step(say, "frames between the nodes", (inner) => exchangeAll(calls, answers, inner));
  writeFileSync(exchangesFile(settings), JSON.stringify(exchanges));
  process.stdout.write(`${labTable(answers, exchanges)}\n`);
  const wrong = [...problems(answers, exchanges), ...(await provePods(settings, calls, fleet, say))];
  if (wrong.length > 0)
    throw new CommandLineError(`the lab is not what its fleet file says: ${wrong.join("; ")}`, "see the table");
}

/** The pods of a fleet that has them: those of other nodes than the services. */
async function provePods(
  settings: LabSettings,
  calls: readonly AgentCall[],
  fleet: Fleet,
  say: Say,
): Promise<string[]> {
  if (fleet.kubernetes === null) return [];
  const pods = await step(say, "asking the pods", () => settledPods(settings, calls, fleet, podSeconds));
  process.stdout.write(`\n${podTable(pods)}\n`);
  return podProblems(pods, fleet);
}

/** The frames that were exchanged when the lab was proven last; none before that. Measuring anew would keep its cores busy. */
export function lastExchanges(settings: LabSettings): Exchange[] {
  const file = exchangesFile(settings);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Exchange[]) : [];
}

function exchangesFile(settings: LabSettings): string {
  return join(settings.labFolder, "exchanges.json");
}

/** How the nodes of a fleet are asked; writes the ssh configuration that this needs. */
export function agentCalls(settings: LabSettings, fleet: FleetConnections): AgentCall[] {
  const sshConfig = writeSshConfig(settings, fleet);
  return fleet.nodes.map((node) => ({ node: node.name, sshConfig, sudo: node.ssh.sudo }));
}

/**
 * Services exchange frames by themselves. Where there are none, testpmd pairs the nodes in the order of the fleet file; one
 * without a partner exchanges nothing. The second of a pair polls first:
 * the first may be its bastion, and a guest that polls takes seconds to let a new connection through.
 */
async function exchangeAll(calls: readonly AgentCall[], answers: readonly NodeAnswer[], say: Say): Promise<Exchange[]> {
  const serving = answers.filter((answer) => "status" in answer && answer.status.dataPlane !== null);
  if (serving.length > 0) {
    say("by the services, from DPDK's telemetry");
    return exchangeOfServices(calls, answers);
  }
  say("by testpmd: no node has a service");
  const able = answers.flatMap((answer, at) => {
    const call = calls[at];
    return "status" in answer && call !== undefined ? [{ call, status: answer.status }] : [];
  });
  const exchanges: Exchange[] = [];
  for (let at = 0; at + 1 < able.length; at += 2) {
    const [first, second] = [able[at], able[at + 1]];
    if (first !== undefined && second !== undefined)
      exchanges.push(await exchangeFrames(second, first, trafficSeconds, say));
  }
  return exchanges;
}

/** What is not as it should be; empty where the lab is proven. */
export function problems(answers: readonly NodeAnswer[], exchanges: readonly Exchange[]): string[] {
  const nodes = answers.flatMap((answer) => {
    if ("error" in answer) return [`${answer.node} does not answer (${answer.error})`];
    return Object.entries(answer.status.stages)
      .filter(([, found]) => found.state !== "ok")
      .map(([stage, found]) => `${answer.node}: ${stage} is ${found.state}`);
  });
  const down = answers.flatMap((answer) => {
    if ("error" in answer || answer.status.dataPlane === null) return [];
    const { unit, telemetry, ports } = answer.status.dataPlane;
    if (unit.active !== "active" || telemetry !== "ok")
      return [`${answer.node}: ${unit.name} is ${unit.active}, ${telemetry}`];
    return ports
      .filter(({ link }) => link !== "up")
      .map(({ pci, link }) => `${answer.node}: link of ${pci} is ${link}`);
  });
  const silent = exchanges
    .flatMap((exchange) => exchange.ends)
    .filter((end) => end.received === 0 || end.sent === 0)
    .map((end) => `${end.node} sent ${end.sent} and received ${end.received} frames on ${end.pci}`);
  return [...nodes, ...down, ...silent];
}
