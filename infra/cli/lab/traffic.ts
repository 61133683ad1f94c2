import { spawn } from "node:child_process";
import { CommandLineError } from "../errors";
import type { Say } from "../progress";
import { type AgentCall, agentCommand, type NicStatus, type NodeStatus } from "./status";

/** Frames that two nodes have exchanged over one pair of vfio-bound functions. */
export interface Exchange {
  ends: [ExchangeEnd, ExchangeEnd];
}

/** One side of an exchange, as DPDK's own counters tell it. */
export interface ExchangeEnd {
  node: string;
  peer: string;
  pci: string;
  sent: number;
  received: number;
  lost: number;
  link: string;
}

/** A node that can take part. */
export interface Participant {
  call: AgentCall;
  status: NodeStatus;
}

/** The first vfio-bound virtual function of a node. */
export function trafficFunction(status: NodeStatus): NicStatus {
  const found = status.nics.find((nic) => nic.function !== "pf" && nic.driver === "vfio-pci");
  if (found === undefined) {
    throw new CommandLineError(
      `node ${status.node} has no virtual function on vfio-pci`,
      "run `npm start` again and look at its stages",
    );
  }
  return found;
}

/**
 * Lets two nodes exchange frames: testpmd on both, each sending back what it receives; the second node starts the
 * exchange once the first one says that its port is up. Bounded in time on both sides.
 */
export async function exchangeFrames(
  first: Participant,
  second: Participant,
  seconds: number,
  say: Say,
): Promise<Exchange> {
  const [here, there] = [trafficFunction(first.status), trafficFunction(second.status)];
  // The answering side outlives the starting side, whose start takes up to 25 s under emulation.
  const answering = startTraffic(first.call, [
    "--pci",
    here.pci,
    "--peer",
    there.mac,
    "--seconds",
    String(seconds + 40),
  ]);
  await answering.ready;
  say(`${first.status.node} polls ${here.pci}`);
  const starting = startTraffic(second.call, [
    "--pci",
    there.pci,
    "--peer",
    here.mac,
    "--seconds",
    String(seconds),
    "--first",
  ]);
  const sent = await starting.result;
  answering.stop();
  const answered = await answering.result;
  return {
    ends: [
      { node: first.status.node, peer: second.status.node, ...answered },
      { node: second.status.node, peer: first.status.node, ...sent },
    ],
  };
}

type Counters = Omit<ExchangeEnd, "node" | "peer">;

interface RunningTraffic {
  ready: Promise<void>;
  result: Promise<Counters>;
  /** Closes the agent's standard input, which ends its testpmd. */
  stop(): void;
}

function startTraffic(call: AgentCall, args: readonly string[]): RunningTraffic {
  const child = spawn("ssh", agentCommand(call, ["traffic", ...args]), { stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
  const fail = () =>
    new CommandLineError(
      `traffic of ${call.node} failed: ${err.trim().split("\n").at(-1) ?? ""}`,
      `run \`dpdk-node-agent doctor\` on ${call.node}`,
    );
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      if (/^ready$/m.test(err)) resolve();
    });
    ended.then(() => reject(fail()));
  });
  ready.catch(() => undefined); // The starting side's readiness is nobody's concern; its result says all.
  const result = ended.then((code) => {
    if (code !== 0) throw fail();
    return JSON.parse(out) as Counters;
  });
  return { ready, result, stop: () => child.stdin.end() };
}
