import assert from "node:assert/strict";
import type { CommandResult } from "../../infra/cli/command";
import { said } from "../lab/changes";
import type { FleetChange, Lab } from "../lab/lab";
import { everyStageIsOk } from "../lab/stages";
import { clearTrap, setTrap, type Trap } from "./trap";

/** A fault that happens to one node while a change is applied to it. */
export interface Fault {
  name: string;
  node: "alpha" | "beta";
  /** What the fleet file asks for while it happens; something that makes the agent work. */
  change: FleetChange;
  trap: Trap;
  /** Before the change, and after the first `up`, before the second one. */
  prepare?: (lab: Lab) => Promise<void>;
  mend?: (lab: Lab) => Promise<void>;
}

/** One row of the table. */
export interface Outcome {
  fault: string;
  first: string;
  second: string;
  nodes: string;
}

/**
 * Lets a fault happen and then runs a plain `up` with the same fleet file: it must go through, every stage of every node be ok, and
 * frames be exchanged (`lab up` ends with that proof).
 */
export async function suffer(lab: Lab, fault: Fault): Promise<Outcome> {
  await fault.prepare?.(lab);
  await setTrap(lab, fault.node, fault.trap);
  const [first, took] = await timed(() => lab.up(fault.change));
  await fault.mend?.(lab);
  assert.ok(await clearTrap(lab, fault.node), `the fault did not happen: ${said(first)}`);
  const [second, again] = await timed(() => lab.up(fault.change));
  assert.equal(second.code, 0, said(second));
  const outcome = {
    fault: `${fault.name} (${fault.node})`,
    first: `${first.code === 0 ? "went through" : "failed"} in ${took} s`,
    second: `went through in ${again} s`,
    nodes: await states(lab),
  };
  process.stderr.write(`    ${JSON.stringify(outcome)}\n`);
  return outcome;
}

/** All stages of all nodes are ok, which is what a row says. */
export async function states(lab: Lab): Promise<string> {
  const nodes = Object.values(await lab.status());
  for (const node of nodes) everyStageIsOk(node);
  return nodes.map((node) => `${node.node} all ${Object.keys(node.stages).length} stages ok`).join(", ");
}

async function timed(work: () => Promise<CommandResult>): Promise<[CommandResult, number]> {
  const start = Date.now();
  const done = await work();
  return [done, Math.round((Date.now() - start) / 1000)];
}

/** The table of fault by outcome, for people. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = [
    ["fault", "the up in which it happened", "the next up", "the nodes then"],
    ...outcomes.map(({ fault, first, second, nodes }) => [fault, first, second, nodes]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
