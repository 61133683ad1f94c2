import { run } from "../command";
import { CommandLineError } from "../errors";

/** What a node's agent answers to `status`: the plan against the machine. */
export interface NodeStatus {
  node: string;
  bootId: string;
  /** Reboots that the agent has made since it was enrolled. */
  reboots: number;
  kernelArguments: { asked: string[]; running: string[]; missing: string[] };
  hugepages: { size: string; numaNode: number; asked: number; pages: number; free: number }[];
  isolated: { asked: string; running: string };
  nics: NicStatus[];
  stages: Record<string, { state: string; saw: string }>;
  /** Null where the node has no service. */
  dataPlane: DataPlaneStatus | null;
}

/** The data plane's service, by systemd's word and by DPDK's telemetry. */
export interface DataPlaneStatus {
  unit: { name: string; active: string; sub: string; result: string; exitCode: number | null; restarts: number };
  runtime: "podman" | "native";
  image: string | null;
  digest: string | null;
  /** `ok`, or why the program does not tell. */
  telemetry: string;
  ports: DataPlanePort[];
  peers: Record<string, DataPlanePeer>;
}

export interface DataPlanePort {
  port: number;
  pci: string;
  link: string;
  rxQueues: number | null;
  ipackets: number | null;
  opackets: number | null;
}

export interface DataPlanePeer {
  sent: number;
  received: number;
  lost: number;
  late: number;
  duplicated: number;
  rtt_us: number;
}

/** One function of a network card. */
export interface NicStatus {
  name: string;
  pci: string;
  /** `pf`, or `vf` and its index. */
  function: string;
  driver: string | null;
  iommuGroup: number | null;
  mac: string;
  carrier: boolean | null;
}

/** A node that answers, or why it does not. */
export type NodeAnswer = { node: string; status: NodeStatus } | { node: string; error: string };

/** How a node's agent is called over SSH: the ssh configuration's file and whether through sudo. */
export interface AgentCall {
  node: string;
  sshConfig: string;
  sudo: boolean;
}

/** The ssh command that runs one verb of a node's agent. */
export function agentCommand(call: AgentCall, verb: readonly string[]): string[] {
  const agent = [...(call.sudo ? ["sudo", "-n"] : []), "/usr/local/sbin/dpdk-node-agent", ...verb];
  return ["-F", call.sshConfig, call.node, agent.join(" ")];
}

/** Asks every node at once. Nothing is changed. */
export function askAll(calls: readonly AgentCall[], seconds = 30): Promise<NodeAnswer[]> {
  return Promise.all(calls.map((call) => ask(call, seconds)));
}

async function ask(call: AgentCall, seconds: number): Promise<NodeAnswer> {
  const done = await run("ssh", agentCommand(call, ["status"]), { seconds });
  if (done.code !== 0) {
    const last = done.err.trim().split("\n").at(-1) ?? "";
    return { node: call.node, error: last === "" ? `no answer within ${seconds} s` : last };
  }
  return { node: call.node, status: parseStatus(call.node, done.out) };
}

function parseStatus(node: string, text: string): NodeStatus {
  try {
    return JSON.parse(text) as NodeStatus;
  } catch {
    throw new CommandLineError(
      `the agent of ${node} answered ${JSON.stringify(text.slice(0, 80))}, which is no JSON`,
      `run \`dpdk-node-agent status\` on ${node} and look`,
    );
  }
}
