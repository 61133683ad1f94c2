import type { AgentCall, NodeAnswer, NodeStatus } from "./status";
import { askAll } from "./status";
import type { Exchange, ExchangeEnd } from "./traffic";

/** Seconds between two looks at the counters: each node sends its peers ten frames a second. */
const lookSeconds = 5;

/**
 * What the nodes' services have exchanged between two looks at their counters, as DPDK's telemetry tells them. Nothing is started:
 * the services exchange frames all the time.
 */
export async function exchangeOfServices(
  calls: readonly AgentCall[],
  before: readonly NodeAnswer[],
): Promise<Exchange[]> {
  await new Promise((resolve) => setTimeout(resolve, lookSeconds * 1000));
  return exchangesBetween(statuses(before), statuses(await askAll(calls)));
}

/** The frames of each pair of peers by which their counters have grown. Pure. */
export function exchangesBetween(before: readonly NodeStatus[], after: readonly NodeStatus[]): Exchange[] {
  // DPDK allows no hyphen in keys: a node has another name there (native-image, statistics/telemetry.c).
  const names = new Map(after.map(({ node }) => [node.replaceAll("-", "_"), node]));
  const ends = after.flatMap((now) => {
    const earlier = before.find((status) => status.node === now.node);
    return Object.keys(now.dataPlane?.peers ?? {}).map((key) => end(earlier, now, key, names.get(key) ?? key));
  });
  return ends.flatMap((one, at) => {
    const back = ends.findIndex((other) => other.node === one.peer && other.peer === one.node);
    const other = ends[back];
    return other === undefined || back < at ? [] : [{ ends: [one, other] as [ExchangeEnd, ExchangeEnd] }];
  });
}

function end(before: NodeStatus | undefined, now: NodeStatus, key: string, peer: string): ExchangeEnd {
  const port = now.dataPlane?.ports[0];
  const grown = (counter: "sent" | "received" | "lost") =>
    Math.max(0, (now.dataPlane?.peers[key]?.[counter] ?? 0) - (before?.dataPlane?.peers[key]?.[counter] ?? 0));
  return {
    node: now.node,
    peer,
    pci: port?.pci ?? "no port",
    sent: grown("sent"),
    received: grown("received"),
    lost: grown("lost"),
    link: port?.link ?? "down",
  };
}

function statuses(answers: readonly NodeAnswer[]): NodeStatus[] {
  return answers.flatMap((answer) => ("status" in answer ? [answer.status] : []));
}
