import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { type SriovNetworkArgs, sriovNetwork } from "./network-plan";
import type { SriovNodePolicyArgs } from "./node-policy-args";
import { nodePolicy, OPERATOR_NAMESPACE } from "./node-policy-plan";

const API = "sriovnetwork.openshift.io/v1";

/**
 * Functions of NICs become a resource of the cluster, through the SR-IOV network operator. **The operator drains the nodes that it selects
 * and may reboot them.** Two policies are compared with `refuseOverlaps`, which a program calls with all of its own.
 *
 * @throws KubernetesError before anything is made: an open selector, a range that is none, a name that makes no variable.
 * @example
 * new SriovNodePolicy("data-plane", {
 *   resource: "data_plane", functions: 8, nodeSelector: { "node-role.kubernetes.io/validator": "" },
 *   nic: { model: "intel", interfaces: ["ens1f0"], addresses: ["0000:3b:00.0"] },
 * }, { provider, dependsOn: operator });
 */
export class SriovNodePolicy extends pulumi.ComponentResource {
  constructor(name: string, args: SriovNodePolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:SriovNodePolicy", name, {}, opts);
    made(name, "SriovNetworkNodePolicy", nodePolicy(name, args), this);
    this.registerOutputs({});
  }
}

/**
 * A network that stands for a function of such a resource, for Multus. Nothing reboots.
 *
 * @example
 * new SriovNetwork("data-plane", { resource: "data_plane", vlan: 120 }, { provider, dependsOn: policy });
 */
export class SriovNetwork extends pulumi.ComponentResource {
  constructor(name: string, args: SriovNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:SriovNetwork", name, {}, opts);
    made(name, "SriovNetwork", sriovNetwork(name, args), this);
    this.registerOutputs({});
  }
}

/** How many nodes the operator may drain at once. */
export interface SriovDrainArgs {
  /** Labels of the nodes; a node may be of one pool alone. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** A whole number, 1 or more. Default 1: validators are drained one after the other. */
  readonly maxUnavailable?: number;
  /** Namespace of the operator. Default `sriov-network-operator`. */
  readonly namespace?: string;
}

/**
 * The pace at which the operator drains nodes. Without one it is a node at a time of the whole cluster.
 *
 * @example
 * new SriovDrain("validators", { nodeSelector: { "node-role.kubernetes.io/validator": "" } }, { provider, dependsOn: operator });
 */
export class SriovDrain extends pulumi.ComponentResource {
  constructor(name: string, args: SriovDrainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:SriovDrain", name, {}, opts);
    const spec = {
      maxUnavailable: args.maxUnavailable ?? 1,
      nodeSelector: { matchLabels: { ...args.nodeSelector } },
    };
    made(
      name,
      "SriovNetworkPoolConfig",
      { metadata: { name, namespace: args.namespace ?? OPERATOR_NAMESPACE }, spec },
      this,
    );
    this.registerOutputs({});
  }
}

function made(name: string, kind: string, object: { metadata: object; spec: object }, parent: pulumi.Resource): void {
  new CustomResource(name, { apiVersion: API, kind, ...object }, { parent });
}
