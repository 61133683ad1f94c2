import type { CommandResult } from "../../infra/cli/command";
import type { FleetYaml } from "./lab";

/** All that a command printed. */
export const said = (done: CommandResult): string => `${done.out}\n${done.err}`;

/** Sets the extra kernel arguments of one node, beside what its profile says of the kernel. */
export function changeKernel(fleet: FleetYaml, node: string, extraArguments: string[]): void {
  const entry = nodeOf(fleet, node);
  entry.kernel = { ...(entry.kernel as object), extraArguments };
}

/** The settings of one node, to be changed in place. */
export function nodeOf(fleet: FleetYaml, node: string): Record<string, unknown> {
  const entry = fleet.nodes[node];
  if (entry === undefined) throw new RangeError(`the lab's fleet file has no node ${node}`);
  return entry;
}
