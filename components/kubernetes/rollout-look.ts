import { AppsV1Api, CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { answered } from "./check-program";
import { selectorOf } from "./pod";
import {
  deploymentProgress,
  lastWarning,
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
    const asked = answered(core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning" }));
    const events = await asked.then(({ items }) => items).catch(() => []); // a login that may not see them is told less
    return { progress, waiting: { ...late, why: lastWarning(late, name, pods, events) } };
  };
}
