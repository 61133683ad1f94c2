import { AppsV1Api, CoreV1Api, type CoreV1Event, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { answered } from "./check-program";
import { selectorOf } from "./pod";
import {
  deploymentProgress,
  type RolloutProgress,
  statefulSetProgress,
  type Waiting,
  waiting,
} from "./rollout-progress";

/** A workload's pods, and what makes them. */
export interface Rollout {
  readonly workload: string;
  readonly kind: "StatefulSet" | "Deployment";
  readonly namespace: string;
}

export interface RolloutLook {
  readonly progress: RolloutProgress;
  readonly waiting: Waiting;
}

/** Looks at a roll-out, as often as it is called. What the API server answers wrongly is thrown as its client does. */
export function rolloutLooks(
  { workload: name, kind, namespace }: Rollout,
  config: KubeConfig,
): () => Promise<RolloutLook> {
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
  const labelSelector = selectorOf(name);
  const progressOf = async (pods: readonly V1Pod[]) =>
    kind === "StatefulSet"
      ? statefulSetProgress(await answered(apps.readNamespacedStatefulSet({ name, namespace })), pods)
      : deploymentProgress(await answered(apps.readNamespacedDeployment({ name, namespace })));
  return async () => {
    const { items: pods } = await answered(core.listNamespacedPod({ namespace, labelSelector }));
    const progress = await progressOf(pods);
    const late = waiting(pods);
    if (progress.isDone || late.why !== "") return { progress, waiting: late };
    const { items: events } = await answered(core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning" }));
    return { progress, waiting: { ...late, why: lastWarning(events, ofWhom(late, name, pods)) } };
  };
}

/** A pod's events are its own alone, not those of one before it with the same name. */
function ofWhom({ pod }: Waiting, name: string, pods: readonly V1Pod[]): (of: CoreV1Event) => boolean {
  const uid = pods.find(({ metadata }) => metadata?.name === pod)?.metadata?.uid;
  if (uid !== undefined) return ({ involvedObject }) => involvedObject.uid === uid;
  return ({ involvedObject: { kind, name: of = "" } }) =>
    kind === "StatefulSet" ? of === name : kind === "ReplicaSet" && of.startsWith(`${name}-`);
}

/** Of the warnings, those of what did not go well: a kubelet warns of what it can do without, too (MissingClusterDNS). */
const GRAVE = /^Failed|Error$|^BackOff$|^Unhealthy$|Mismatch$/;

function lastWarning(events: readonly CoreV1Event[], isWanted: (of: CoreV1Event) => boolean): string {
  const at = ({ lastTimestamp, eventTime }: CoreV1Event) => (lastTimestamp ?? eventTime)?.getTime() ?? 0;
  const last = events.filter((one) => GRAVE.test(one.reason ?? "") && isWanted(one)).sort((a, b) => at(b) - at(a))[0];
  return last === undefined ? "it begins" : `${last.reason}: ${last.message}`;
}
