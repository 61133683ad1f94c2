import type { KubeConfig } from "@kubernetes/client-node";
import { poll } from "../lab/poll";
import { checkProgram, waitingFor } from "./check-program";
import { KubernetesError } from "./errors";
import { type Rollout, type RolloutLook, rolloutLooks } from "./rollout-look";
import { waitingRemedy } from "./rollout-progress";

/** What the check is asked for. */
export interface RolloutSpec extends Rollout {
  readonly context: string | null;
  /** Seconds without another pod that is ready, after which the roll-out is told as failed. */
  readonly progressDeadlineSeconds: number;
  /** Of the workload: another one is looked at anew. */
  readonly generation: number;
}

/** What was seen last, or why nothing was. */
interface Seen {
  readonly look: RolloutLook | null;
  readonly trouble: string | null;
}

/** Ends well once all pods of the workload are what is asked for now, and ready. */
async function check(spec: RolloutSpec, config: KubeConfig): Promise<string> {
  const { workload, progressDeadlineSeconds } = spec;
  const look = rolloutLooks(spec, config);
  let seen: Seen = { look: null, trouble: null };
  const progress = waitingFor(workload, () => lineOf(seen));
  for (let best = 0; ; ) {
    const moved = await poll({ limit: progressDeadlineSeconds, every: 1, progress }, async () => {
      seen = await look().then((look) => ({ look, trouble: null }), forgiven(spec, seen.look));
      return seen.trouble === null && hasMoved(seen.look, best);
    });
    if (!moved) throw new KubernetesError(failure(spec, seen), remedyOf(spec, seen));
    const { ready, wanted, isDone } = (seen.look as RolloutLook).progress;
    const line = `${ready} of ${wanted} pods are rolled out`;
    process.stderr.write(`${workload}: ${line}\n`);
    if (isDone) return line;
    best = ready;
  }
}

function hasMoved(look: RolloutLook | null, best: number): boolean {
  return look !== null && (look.progress.isDone || look.progress.ready > best);
}

/** An API server that is away for a while does not end a roll-out; a login that may not look, and a workload that is gone, do. */
function forgiven({ workload, kind, namespace }: Rollout, look: RolloutLook | null): (error: unknown) => Seen {
  return (error) => {
    const { code } = error as { code?: unknown };
    const what = `${workload}: its roll-out cannot be followed`;
    if (code === 401 || code === 403)
      throw new KubernetesError(
        `${what}: the API server answers ${code}`,
        `log in as somebody who may read pods and apps in ${namespace}`,
      );
    if (code === 404)
      throw new KubernetesError(
        `${what}: there is no ${kind} ${workload} in ${namespace}`,
        "somebody has deleted it; run pulumi refresh, then up",
      );
    const line = typeof code === "number" ? `it answers ${code}` : String(error).split("\n")[0];
    return { look, trouble: `the API server does not answer: ${line}` };
  };
}

function lineOf({ look, trouble }: Seen): string {
  if (trouble !== null) return trouble;
  if (look === null) return "asking";
  const { progress, waiting } = look;
  return `${progress.ready} of ${progress.wanted} pods are rolled out; ${waiting.pod ?? "the next one"}: ${waiting.why}`;
}

function failure({ workload, progressDeadlineSeconds }: RolloutSpec, seen: Seen): string {
  return `${workload}: no other pod was ready within ${progressDeadlineSeconds} s: ${lineOf(seen)}`;
}

function remedyOf({ workload, kind, namespace }: RolloutSpec, { look, trouble }: Seen): string {
  if (look === null || trouble !== null) return "see why the API server is not well, then run this again";
  return waitingRemedy(look.waiting, `${kind.toLowerCase()} ${workload}`, namespace);
}

checkProgram(check);
