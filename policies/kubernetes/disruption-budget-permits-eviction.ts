import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { podsOf, type StackPod, scopeOf } from "./stack-pods";

type Props = PolicyResource["props"];

export const disruptionBudgetPermitsEviction = stackRule({
  name: "dpdk-disruption-budget-permits-eviction",
  displayName: "A disruption budget permits eviction",
  description: "A PodDisruptionBudget lets at least one pod go.",
  why: "The SR-IOV operator drains a node before it changes its virtual functions: where no pod may go, the drain never ends and the node stays cordoned.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/issues/537",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write `maxUnavailable: 1` in place of `minAvailable`, or run one replica more.",
  judge: ({ resources }) => {
    const budgets = resources.filter(({ type }) => /^kubernetes:policy\/v1(beta1)?:PodDisruptionBudget$/.test(type));
    if (budgets.length === 0) return "the stack has no disruption budget";
    const scalers = resources.filter(({ type }) => type.endsWith(":HorizontalPodAutoscaler")).map(scalerOf);
    const pods = podsOf(resources).map((one) => ({ ...one, replicas: once(() => replicasOf(one, scalers)) }));
    return budgets.map(({ props, urn }) => (): StackFinding[] => {
      const finding = judged(props, pods);
      return finding === null ? [] : [{ finding: `${finding}, so a drain of its node never ends; ${remedy}`, urn }];
    });
  },
});

const remedy = "write maxUnavailable 1, or run one replica more than minAvailable";

/** Pods of one kind, and how many there are of them. */
interface Counted extends StackPod {
  replicas(): number | null;
}

function judged(budget: Props, pods: readonly Counted[]): string | null {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (isPresent(maxUnavailable))
    return amountOf(maxUnavailable, 100) === 0 ? `maxUnavailable is ${maxUnavailable}: no pod may be evicted` : null;
  if (!isPresent(minAvailable)) return null;
  if (isPercent(minAvailable) && Number.parseInt(minAvailable, 10) >= 100)
    return `minAvailable is ${minAvailable}: no pod may be evicted`;
  const selected = selectedBy(budget, pods);
  const replicas = selected.map((one) => one.replicas());
  const all = replicas.reduce<number>((sum, one) => sum + (one ?? Number.POSITIVE_INFINITY), 0);
  if (all === 0 || !Number.isFinite(all) || amountOf(minAvailable, all) < all) return null;
  return `minAvailable is ${minAvailable} and ${selected.map(({ title }) => title).join(", ")} has ${all}: none of them may be evicted`;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
const isPercent = (value: unknown): value is string => typeof value === "string" && value.endsWith("%");

/** A share is rounded up: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages */
function amountOf(value: unknown, of: number): number {
  return isPercent(value) ? Math.ceil((Number.parseInt(value, 10) * of) / 100) : Number(value);
}

function selectedBy(budget: Props, pods: readonly Counted[]): Counted[] {
  const selector = budget.spec?.selector;
  if (!isPresent(selector)) return [];
  return pods.filter(scopeOf(budget, () => selector));
}

/** Null where the kind has no number of replicas, as a DaemonSet, whose pods a drain leaves. */
function replicasOf({ pod }: StackPod, scalers: readonly Scaler[]): number | null {
  if (pod.kind === "Pod") return 1;
  if (!/^(Deployment|StatefulSet|ReplicaSet|ReplicationController)$/.test(pod.kind)) return null;
  const name = once((): unknown => pod.props.metadata?.name);
  const least = scalers
    .filter(({ target }) => target().kind === pod.kind && target().name === name())
    .map(({ minReplicas }) => minReplicas());
  return Math.max(Number(pod.props.spec?.replicas ?? 1), ...least);
}

interface Scaler {
  target(): { readonly kind: unknown; readonly name: unknown };
  minReplicas(): number;
}

function scalerOf({ props }: PolicyResource): Scaler {
  return {
    target: once(() => {
      const { kind, name } = props.spec?.scaleTargetRef ?? {};
      return { kind, name };
    }),
    minReplicas: once(() => Number(props.spec?.minReplicas ?? 1)),
  };
}
