import { OPERATOR_NAMESPACE } from "./node-policy-plan";
import { refuseResourceName, refusing } from "./refusals";
import { NAMESPACE } from "./workload-defaults";

/** A network that stands for a function: Multus asks for it by the pod's annotation. */
export interface SriovNetworkArgs {
  /** The policy's resource. */
  readonly resource: string;
  /** Namespace of the pods. Default `pantheonchain`. */
  readonly podNamespace?: string;
  /** VLAN 1 to 4094, set by the NIC. Default: none. */
  readonly vlan?: number;
  /**
   * Whether the function may change its address and hear what is not its own; a bond needs it. Default false. It needs a reason, which is
   * kept as an annotation.
   */
  readonly trust?: { readonly reason: string };
  /** Mbit/s at most; 0 is no limit. Default: none. */
  readonly maxTxRate?: number;
  /**
   * The state of the link as the function sees it: `auto` follows the NIC's, `enable` is up even without a cable. Default `auto`.
   */
  readonly linkState?: "auto" | "enable" | "disable";
  /** Namespace of the operator. Default `sriov-network-operator`. */
  readonly namespace?: string;
}

/**
 * The object of the operator. No addresses are handed out: a function on vfio-pci has no interface that they could be given to, and
 * pantheon-node's stand in config.toml. Pure.
 *
 * @throws KubernetesError for what is out of range, and a resource that makes no variable.
 */
export function sriovNetwork(name: string, args: SriovNetworkArgs) {
  const { vlan, trust, maxTxRate } = args;
  const refuse = refusing(name);
  refuseResourceName("resource", args.resource, refuse);
  if (vlan !== undefined && !(Number.isInteger(vlan) && vlan >= 1 && vlan <= 4094))
    refuse(`vlan is ${vlan}`, "write a number from 1 to 4094, or leave it out");
  if (trust !== undefined && trust.reason.trim() === "")
    refuse("trust has no reason", "say why the function needs it, or leave it out");
  return {
    metadata: {
      name,
      namespace: args.namespace ?? OPERATOR_NAMESPACE,
      ...(trust === undefined ? {} : { annotations: { "pantheonchain.org/dpdk-reason": trust.reason } }),
    },
    spec: {
      resourceName: args.resource,
      networkNamespace: args.podNamespace ?? NAMESPACE,
      ...(vlan === undefined ? {} : { vlan }),
      spoofChk: trust === undefined ? "on" : "off",
      trust: trust === undefined ? "off" : "on",
      linkState: args.linkState ?? "auto",
      ...(maxTxRate === undefined ? {} : { maxTxRate }),
    },
  };
}
