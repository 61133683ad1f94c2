import { relative } from "node:path";
import { loadFleet } from "../../components/fleet/load";
import type { Fleet } from "../../components/fleet/types";
import { parseFacts } from "../../components/host/facts";
import { hostPlan } from "../../components/host/plan";
import { ask } from "./agent";
import { checklistRows, type Row } from "./checklist-rows";
import { askExplain } from "./explain";
import { factsText } from "./facts";
import { parseFindings } from "./findings";
import type { AgentCall, NodeStatus } from "./lab/status";
import { columns, wrapped } from "./layout";
import { type FleetOption, fleetFileOf, withNodes } from "./nodes";

/** A node's ten rows, or why there are none. */
export type Checklist = { node: string; rows: Row[] } | { node: string; error: string };

/**
 * `dpdk-fleet checklist [NODE…]`: the seed's production checklist, each row answered from what the node tells now. Exit code 1
 * where a row is "no" or a node does not answer; "not known" is for a person to settle.
 */
export async function checklist(names: readonly string[], options: FleetOption & { json?: boolean }): Promise<void> {
  const fleet = loadFleet(fleetFileOf(options));
  const nodes = await withNodes(
    fleet,
    names,
    (calls) => Promise.all(calls.map((call) => fillIn(call, fleet))),
    options,
  );
  process.stdout.write(`${options.json === true ? JSON.stringify({ nodes }, null, 2) : checklistTable(nodes)}\n`);
  if (nodes.some((node) => "error" in node || node.rows.some(({ state }) => state === "no"))) process.exitCode = 1;
}

/** One question after the other: four at once would be four agents that compete for the CPUs of a node. */
async function fillIn(call: AgentCall, fleet: Fleet): Promise<Checklist> {
  try {
    const facts = parseFacts(await factsText(call));
    const told = await ask(call, ["status"]);
    const doctor = await ask(call, ["doctor", "--json"]);
    const explained = await askExplain(call, fleet);
    const rows = checklistRows({
      facts,
      plan: hostPlan(fleet, call.node),
      status: told.code === 0 ? (JSON.parse(told.out) as NodeStatus) : told.said,
      findings: doctor.out === "" ? [] : parseFindings(call.node, doctor.out),
      changes: explained.code === 0 ? explained.out.trim().split("\n") : explained.said,
      fleetFile: relative(process.cwd(), fleet.file),
    });
    return { node: call.node, rows };
  } catch (error) {
    return { node: call.node, error: (error as Error).message };
  }
}

const evidenceWidth = 84;

/** For people: a block a node, ten rows each. */
export function checklistTable(nodes: readonly Checklist[]): string {
  return nodes
    .map((node) => {
      if ("error" in node) return `${node.node}: ${node.error}`;
      const count = node.rows.filter(({ state }) => state === "yes").length;
      const rows = node.rows.map(({ item, state, evidence }) => [
        [state],
        wrapped(item, 28),
        wrapped(evidence, evidenceWidth),
      ]);
      return [`${node.node}: ${count} of ${node.rows.length}`, ...columns(rows).map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");
}
