import type {
  CoreV1Event,
  V1ContainerStateTerminated,
  V1Deployment,
  V1Pod,
  V1StatefulSet,
} from "@kubernetes/client-node";

/** How far a roll-out is. */
export interface RolloutProgress {
  /** Pods that there are to be. */
  readonly wanted: number;
  /** Pods of what is asked for now that are ready. */
  readonly ready: number;
  readonly isDone: boolean;
}

/** Who keeps a roll-out waiting. */
export interface Waiting {
  /** None where the pod is not made yet. */
  readonly pod: string | null;
  /** Empty where only events may know. */
  readonly why: string;
  readonly cause: "place" | "image" | "end" | "other";
}

/**
 * Of a StatefulSet, from its status and its pods. A status that is of before the change is no news: the controller has not seen it yet, which
 * Kubernetes' provider 4.18 does not look at (pulumi-kubernetes #3329). Pure.
 */
export function statefulSetProgress(
  { metadata, spec, status }: V1StatefulSet,
  pods: readonly V1Pod[],
): RolloutProgress {
  const wanted = spec?.replicas ?? 1;
  if (status === undefined || !isSeen(metadata?.generation, status.observedGeneration))
    return { wanted, ready: 0, isDone: false };
  const { currentRevision, updateRevision, readyReplicas = 0, updatedReplicas = 0, replicas } = status;
  const isNew = ({ metadata }: V1Pod) => metadata?.labels?.["controller-revision-hash"] === updateRevision;
  const isWhole = [readyReplicas, updatedReplicas, replicas].every((count) => count === wanted);
  const isDone = isWhole && currentRevision === updateRevision;
  // The pods were read a moment earlier.
  return { wanted, ready: isDone ? wanted : pods.filter((pod) => isNew(pod) && isReady(pod)).length, isDone };
}

/** The same of a Deployment, whose status alone tells. Pure. */
export function deploymentProgress({ metadata, spec, status }: V1Deployment): RolloutProgress {
  const wanted = spec?.replicas ?? 1;
  if (status === undefined || !isSeen(metadata?.generation, status.observedGeneration))
    return { wanted, ready: 0, isDone: false };
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const ready = Math.min(updatedReplicas, availableReplicas);
  return { wanted, ready, isDone: ready === wanted && replicas === wanted };
}

/** The pod that is waited for, and for what it waits, as far as itself tells. Pure. */
export function waiting(pods: readonly V1Pod[]): Waiting {
  const late = pods.filter((pod) => !isReady(pod));
  // One that has no place or does not run tells more than one that ends or is nearly there.
  const found = late.map(waitingFor).sort((a, b) => order.indexOf(a.cause) - order.indexOf(b.cause));
  return found[0] ?? { pod: null, why: "", cause: "other" };
}

const order: readonly Waiting["cause"][] = ["place", "image", "end", "other"];

function waitingFor({ metadata, status }: V1Pod): Waiting {
  const pod = metadata?.name ?? "";
  if (metadata?.deletionTimestamp !== undefined) return { pod, why: "it ends", cause: "other" };
  const unplaced = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unplaced !== undefined) return { pod, why: unplaced.message ?? "it has no place yet", cause: "place" };
  // A kubelet that does not admit it: UnexpectedAdmissionError, TopologyAffinityError.
  if (status?.phase === "Failed")
    return { pod, why: told(status.reason ?? "it failed", status.message), cause: "other" };
  const [container] = status?.containerStatuses ?? [];
  const { waiting, terminated } = container?.state ?? {};
  const ended = terminated ?? container?.lastState?.terminated;
  if (waiting !== undefined && /Image|Pull/.test(waiting.reason ?? ""))
    return { pod, why: told(waiting.reason, waiting.message), cause: "image" };
  // A container that could not even begin has written nothing.
  if (ended !== undefined) return { pod, why: ending(ended), cause: ended.reason === "StartError" ? "other" : "end" };
  if (waiting?.message !== undefined) return { pod, why: told(waiting.reason, waiting.message), cause: "other" };
  const why = container?.state?.running === undefined ? "" : "it runs and is not ready yet";
  return { pod, why, cause: "other" };
}

/** Of warnings, those of what did not go well: a kubelet warns of what it can do without, too (MissingClusterDNS). */
const grave = /^Failed|Error$|^BackOff$|^Unhealthy$|Mismatch$/;

/** What events know of a pod that tells nothing itself, or of the workload where the pod is not made. Pure. */
export function lastWarning(
  { pod }: Waiting,
  owner: string,
  pods: readonly V1Pod[],
  events: readonly CoreV1Event[],
): string {
  // A pod's own alone, not those of one before it with the same name.
  const uid = pods.find(({ metadata }) => metadata?.name === pod)?.metadata?.uid;
  const isWanted = ({ involvedObject: { uid: of, kind, name = "" } }: CoreV1Event) => {
    if (uid !== undefined) return of === uid;
    return kind === "StatefulSet" ? name === owner : kind === "ReplicaSet" && name.startsWith(`${owner}-`);
  };
  const at = ({ lastTimestamp, eventTime }: CoreV1Event) => (lastTimestamp ?? eventTime)?.getTime() ?? 0;
  const wanted = events.filter((event) => grave.test(event.reason ?? "") && isWanted(event));
  const last = wanted.sort((a, b) => at(b) - at(a))[0];
  return last === undefined ? "it begins" : `${last.reason}: ${last.message}`;
}

/** What to do about it. Pure. */
export function waitingRemedy({ pod, cause }: Waiting, owner: string, namespace: string): string {
  const resume = "the next up goes on";
  if (pod === null) return `read kubectl describe ${owner} -n ${namespace}; ${resume}`;
  if (cause === "place") return `free what others hold there, or take the change back; ${resume}`;
  if (cause === "image") return `see that the image is there and that the worker may pull it; ${resume}`;
  if (cause === "end") return `read kubectl logs ${pod} -n ${namespace} --previous; ${resume}`;
  return `read kubectl describe pod ${pod} -n ${namespace}; ${resume}`;
}

/** The message is that of a container that could not begin. */
function ending({ exitCode, reason, message }: V1ContainerStateTerminated): string {
  return told(`its container ended with ${exitCode}`, told(reason === "Error" ? undefined : reason, message?.trim()));
}

function told(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter((part) => part !== undefined && part !== "").join(": ");
}

function isReady({ metadata, status }: V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function isSeen(generation: number | undefined, observed: number | undefined): boolean {
  return (observed ?? 0) >= (generation ?? 0);
}
