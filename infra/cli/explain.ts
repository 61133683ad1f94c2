import { loadFleet } from "../../components/fleet/load";
import type { Fleet } from "../../components/fleet/types";
import { hostPlan } from "../../components/host/plan";
import { planText } from "../../components/host/plan-text";
import { type AgentAnswer, ask } from "./agent";
import { CommandLineError } from "./errors";
import type { AgentCall } from "./lab/status";
import { type FleetOption, fleetFileOf, withNodes } from "./nodes";

/** `dpdk-fleet explain NODE`: what `up` would do there, a line each. Changes nothing. */
export async function explain(node: string, options: FleetOption): Promise<void> {
  const fleet = loadFleet(fleetFileOf(options));
  const done = await withNodes(fleet, [node], ([call]) => askExplain(call as AgentCall, fleet), options);
  if (done.code !== 0) throw new CommandLineError(`${node}: ${done.said}`, "nothing was changed");
  process.stdout.write(done.out);
}

/** The image is the one that the node has: which one `up` would bring is known only when it has built it. */
export function askExplain(call: AgentCall, fleet: Fleet): Promise<AgentAnswer> {
  return ask(call, ["explain", "--kept-image"], planText(hostPlan(fleet, call.node)));
}
