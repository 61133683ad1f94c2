import { loadConnections } from "../../components/fleet/load";
import { ask, tell } from "./agent";
import { type Diagnosis, type Finding, type Fix, findingsTable, parseFindings, safeStages } from "./findings";
import type { AgentCall } from "./lab/status";
import { type FleetOption, fleetFileOf, withNodes } from "./nodes";

/**
 * `dpdk-fleet doctor [NODE…]`: what is wrong with nodes, by what evidence, and what mends it. `--fix` lets each node's own agent
 * apply what is safe: stages of its plan that need no reboot, bind nothing and take nothing from a running service. Exit code 1
 * where something is found, or a node does not answer.
 */
export async function doctor(
  names: readonly string[],
  options: FleetOption & { fix?: boolean; json?: boolean },
): Promise<void> {
  const fleet = loadConnections(fleetFileOf(options));
  const diagnoses = (calls: AgentCall[]) => Promise.all(calls.map((call) => diagnose(call, options.fix === true)));
  const nodes = await withNodes(fleet, names, diagnoses, options);
  process.stdout.write(`${options.json === true ? JSON.stringify({ nodes }, null, 2) : findingsTable(nodes)}\n`);
  if (nodes.some((node) => "error" in node || node.findings.length > 0)) process.exitCode = 1;
}

/** Looks, mends what is safe where that is asked for, and looks again. */
export async function diagnose(call: AgentCall, fix: boolean): Promise<Diagnosis> {
  const findings = await look(call);
  if (typeof findings === "string") return { node: call.node, error: findings };
  const stages = fix ? safeStages(findings) : [];
  const fixed: Fix[] = [];
  for (const stage of stages) {
    const done = await tell(call, ["apply", stage]);
    fixed.push({ stage, done: done.code === 0, said: done.code === 0 ? done.out.trim() : done.said });
  }
  const left = stages.length === 0 ? findings : await look(call);
  return typeof left === "string" ? { node: call.node, error: left } : { node: call.node, findings: left, fixed };
}

/** The findings, or why there are none to be had. */
async function look(call: AgentCall): Promise<Finding[] | string> {
  const done = await ask(call, ["doctor", "--json"]);
  // Exit code 1 with an answer: something was found.
  if (done.code > 1 || done.out === "") return done.said;
  try {
    return parseFindings(call.node, done.out);
  } catch (error) {
    return (error as Error).message;
  }
}
