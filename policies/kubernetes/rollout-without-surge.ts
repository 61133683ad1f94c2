import { matches } from "../exceptions";
import { partsOf } from "../parts";
import { resourceRule } from "../rule";
import { containersOf, networkDevicesOf, type Pod, podOf } from "./pod";

export const rolloutWithoutSurge = resourceRule({
  name: "dpdk-rollout-without-surge",
  displayName: "A rollout needs no spare virtual functions",
  description: "A workload whose pods take virtual functions ends a pod before it starts the next one.",
  why: "The new pod of a rollout waits for a virtual function that the old one still has: where none is spare, it never ends.",
  source: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge",
  group: "kubernetes",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps: "Set `strategy.type: Recreate`, or `rollingUpdate.maxSurge: 0` with `maxUnavailable: 1`.",
  settings: {
    ample: {
      type: "array",
      description: "Device resources that have more devices than a rollout needs (`*` stands for any text).",
      items: { type: "string", minLength: 1 },
      default: [],
    },
  },
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    if (pod.isPatch) return "a patch says only a part of a workload";
    if (pod.kind !== "Deployment" && pod.kind !== "DaemonSet") return "a rollout of this kind starts no pod early";
    const { ample = [] } = args.getConfig<{ ample?: string[] }>();
    return containersOf(pod).flatMap((read) =>
      partsOf(() =>
        networkDevicesOf(read())
          .filter((name) => !isShared.test(name) && !ample.some((pattern) => matches(pattern, name)))
          .map((name) => () => mistakes(pod, read().where, name)),
      ),
    );
  },
});

// What many pods share has no count that runs out: the RDMA shared device plugin.
const isShared = /^rdma\//;

function mistakes(pod: Pod, where: string, device: string): string[] {
  const surge = surgeOf(pod);
  if (surge === null) return [];
  return [
    `${where} takes ${device} and the rollout starts new pods early (${surge}), which wait for a device that the old ones have; set strategy Recreate, or maxSurge 0 with maxUnavailable 1`,
  ];
}

/** What makes a rollout start pods before it has ended others; null where nothing does. */
function surgeOf({ kind, props }: Pod): string | null {
  const isDeployment = kind === "Deployment";
  const { type, rollingUpdate } = (isDeployment ? props.spec?.strategy : props.spec?.updateStrategy) ?? {};
  if (type !== undefined && type !== "RollingUpdate") return null;
  // Kubernetes' own defaults: 25% for a Deployment, rounded up, and 0 for a DaemonSet.
  const surge: unknown = rollingUpdate?.maxSurge ?? (isDeployment ? "25%" : 0);
  if (Number.parseInt(String(surge), 10) === 0) return null;
  return rollingUpdate?.maxSurge === undefined ? "maxSurge is 25% where nothing is said" : `maxSurge is ${surge}`;
}
