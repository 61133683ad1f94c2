import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { poll } from "../lab/poll";
import { answered, checkProgram, waitingFor } from "./check-program";
import { KubernetesError } from "./errors";
import { selectorOf } from "./pod";

/** What is asked for. */
export interface PodsGoneSpec {
  readonly workload: string;
  readonly namespace: string;
  readonly context: string | null;
  /** Seconds for the pods to end. */
  readonly seconds: number;
}

/** Of Kubernetes' provider: what a cluster that does not answer has is taken for deleted. */
const isGivenUp = process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true";

/** Ends well once no pod of a workload that was deleted is left: until then its functions and its hugepages are in use. */
async function check(spec: PodsGoneSpec, config: KubeConfig): Promise<string> {
  return podsGone(spec, config).catch((error: unknown) => {
    if (isGivenUp && !(error instanceof KubernetesError)) return "the cluster does not answer: nobody has looked";
    throw error;
  });
}

async function podsGone({ workload, namespace, seconds }: PodsGoneSpec, config: KubeConfig): Promise<string> {
  const core = config.makeApiClient(CoreV1Api);
  let left: string[] = [];
  const progress = waitingFor(workload, () => `ending: ${left.join(", ")}`);
  const gone = await poll({ limit: seconds, every: 1, progress }, async () => {
    const { items } = await answered(core.listNamespacedPod({ namespace, labelSelector: selectorOf(workload) }));
    left = items.map(({ metadata }) => metadata?.name ?? "");
    return left.length === 0;
  });
  if (gone) return "no pod is left";
  throw new KubernetesError(
    `${workload}: ${left.join(", ")} not ended after ${seconds} s`,
    `bring their workers back, or take them away with kubectl delete pod -n ${namespace} -l ${selectorOf(workload)} --force where a worker is lost`,
  );
}

checkProgram(check);
