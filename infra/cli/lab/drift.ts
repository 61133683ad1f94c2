import { join } from "node:path";
import type { FleetConnections } from "../../../components/fleet/types";
import { readEntry, writeEntry } from "../../../components/host/journal";
import type { Say } from "../progress";
import { agentCalls } from "./proof";
import type { LabSettings } from "./settings";
import { askAll, type NodeAnswer } from "./status";

/** Seconds for a node to say what it is. One that does not answer is the engine's concern. */
const answerSeconds = 15;

/**
 * Asks the nodes whether they still are what they were made. The engine compares fleet files, not nodes: one that has changed since
 * then (a service that ended, a function that was taken away) is noted in the journal, so that the coming `up` looks at it.
 */
export async function noteDrift(settings: LabSettings, fleet: FleetConnections, say: Say): Promise<void> {
  for (const { node, saw } of drifted(await askAll(agentCalls(settings, fleet), answerSeconds))) {
    say(`${node} is not what it was made, so it is looked at again: ${saw}`);
    const file = join(settings.cacheFolder, "journal", settings.stack, `${node}.json`);
    writeEntry(file, { ...readEntry(file), open: true });
  }
}

/** The nodes of which a stage has changed since it was applied, and what was seen. */
export function drifted(answers: readonly NodeAnswer[]): { node: string; saw: string }[] {
  return answers.flatMap((answer) => {
    if ("error" in answer) return [];
    const wrong = Object.entries(answer.status.stages).filter(
      ([, { state }]) => state === "absent" || state === "partial",
    );
    const saw = wrong.map(([stage, found]) => `${stage} ${found.state}, ${found.saw}`).join("; ");
    return wrong.length === 0 ? [] : [{ node: answer.node, saw }];
  });
}
