import { CoreV1Api, type KubeConfig, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { quantityOf } from "../host/quantity";
import { poll } from "../lab/poll";
import { type CapacityAsk, type CapacityNode, type CapacityProblem, capacityProblem } from "./capacity";
import { answered, checkProgram, waitingFor } from "./check-program";
import { KubernetesError } from "./errors";
import { labelsOf } from "./pod";

/** What the check is asked for. */
export interface CheckSpec {
  readonly ask: CapacityAsk;
  /** The namespace, where somebody else made it. */
  readonly namespace: string | null;
  readonly context: string | null;
  /** Seconds for what was made just before, a device plugin, to offer what it has. */
  readonly seconds: number;
}

/** Ends well when the cluster has room for the workload. */
async function check(spec: CheckSpec, config: KubeConfig): Promise<string> {
  const api = config.makeApiClient(CoreV1Api);
  const { workload } = spec.ask;
  if (spec.namespace !== null) await refuseNamespace(api, workload, spec.namespace);
  let problem: CapacityProblem | null = null;
  const progress = waitingFor(workload, () => `waiting: ${problem?.what ?? "asking"}`);
  const hasRoom = await poll({ limit: spec.seconds, every: 1, progress }, async () => {
    problem = capacityProblem(spec.ask, await nodesOf(api, workload));
    return problem === null;
  });
  const found = problem as CapacityProblem | null;
  if (!hasRoom && found !== null) throw new KubernetesError(`${workload}: ${found.what}`, found.remedy);
  return "room for all pods";
}

/** Pod Security's level says whether such pods may be there at all (kubernetes.io, Pod Security Standards: IPC_LOCK is beyond baseline). */
async function refuseNamespace(api: CoreV1Api, workload: string, name: string): Promise<void> {
  const found = await answered(api.readNamespace({ name })).catch((error: { code?: number }) => {
    if (error.code !== 404) throw error;
    throw new KubernetesError(`${workload}: there is no namespace ${name}`, "make it, or leave namespaceExists out");
  });
  const level = found.metadata?.labels?.["pod-security.kubernetes.io/enforce"];
  if (level === "baseline" || level === "restricted")
    throw new KubernetesError(
      `${workload}: namespace ${name} has the level ${level}, which admits no pod with IPC_LOCK`,
      "label it pod-security.kubernetes.io/enforce=privileged, or give the workload a namespace of its own",
    );
}

async function nodesOf(api: CoreV1Api, workload: string): Promise<CapacityNode[]> {
  const [nodes, pods] = await answered(Promise.all([api.listNode(), api.listPodForAllNamespaces()]));
  const others = pods.items.filter((pod) => isRunning(pod) && !isOf(pod, workload));
  return nodes.items.map((node) => nodeOf(node, others));
}

function nodeOf(node: V1Node, pods: readonly V1Pod[]): CapacityNode {
  const name = node.metadata?.name ?? "";
  const isReady = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return {
    name,
    labels: node.metadata?.labels ?? {},
    takesPods: isReady && node.spec?.unschedulable !== true,
    allocatable: node.status?.allocatable ?? {},
    used: sum(
      pods
        .filter(({ spec }) => spec?.nodeName === name)
        .flatMap(({ spec }) => (spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {})),
    ),
  };
}

function sum(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const total = new Map<string, number>();
  for (const one of all)
    for (const [resource, text] of Object.entries(one))
      total.set(resource, (total.get(resource) ?? 0) + quantityOf(text));
  return Object.fromEntries([...total].map(([resource, value]) => [resource, String(value)]));
}

function isRunning({ status }: V1Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

/** Its own pods give back what they have when they are replaced. */
function isOf({ metadata }: V1Pod, workload: string): boolean {
  return Object.entries(labelsOf(workload)).every(([label, value]) => metadata?.labels?.[label] === value);
}

checkProgram(check);
