import type { Fleet } from "../../../components/fleet/types";
import { poll } from "../../../components/lab/poll";
import type { Say } from "../progress";
import type { NodeAnswer } from "./status";

/** Seconds between two questions: an emulated node takes two to answer. */
const everySeconds = 5;

/**
 * Asks, and asks again while a service is on its way up: a machine that has just been started answers before its service runs. After
 * `limit` seconds the answers are as they are.
 */
export async function settled(
  ask: () => Promise<NodeAnswer[]>,
  limit: number,
  say: Say,
  every = everySeconds,
): Promise<NodeAnswer[]> {
  let answers: NodeAnswer[] = [];
  await poll({ limit, every }, async () => {
    answers = await ask();
    const starting = answers.filter(isStarting).map(({ node }) => node);
    if (starting.length > 0) say(`the service of ${starting.join(" and ")} starts`);
    return starting.length === 0;
  });
  return answers;
}

/** The longest time that a service of the fleet may take to start. */
export function startLimit(fleet: Fleet): number {
  return Math.max(0, ...fleet.nodes.map(({ service }) => service?.startSeconds ?? 0));
}

/** Between two attempts of one that fails it is `activating` too: that is not on its way up. */
function isStarting(answer: NodeAnswer): boolean {
  const unit = "status" in answer ? answer.status.dataPlane?.unit : undefined;
  return unit?.active === "activating" && unit.sub !== "auto-restart";
}
