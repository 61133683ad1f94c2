import { OPERATOR_NAMESPACE } from "./node-policy-plan";
import { refuseOpenSelector, refuseUnavailable, refusing } from "./refusals";

/** How many nodes the operator may drain at once. */
export interface SriovDrainArgs {
  /** Labels of the nodes, at least one; a node may be of one pool alone. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** A whole number, 1 or more. Default 1: validators are drained one after the other. */
  readonly maxUnavailable?: number;
  /** Namespace of the operator. Default `sriov-network-operator`. */
  readonly namespace?: string;
}

/**
 * The object of the operator. Pure.
 *
 * @throws KubernetesError for an open selector, or where no node could ever be drained.
 */
export function drainPool(name: string, { nodeSelector, maxUnavailable = 1, namespace }: SriovDrainArgs) {
  const refuse = refusing(name);
  refuseOpenSelector(nodeSelector, refuse);
  refuseUnavailable(maxUnavailable, refuse);
  return {
    metadata: { name, namespace: namespace ?? OPERATOR_NAMESPACE },
    spec: { maxUnavailable, nodeSelector: { matchLabels: { ...nodeSelector } } },
  };
}
