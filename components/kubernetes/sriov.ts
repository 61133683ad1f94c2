import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { drainPool, type SriovDrainArgs } from "./drain-plan";
import { type SriovNetworkArgs, sriovNetwork } from "./network-plan";
import type { SriovNodePolicyArgs } from "./node-policy-args";
import { nodePolicy } from "./node-policy-plan";

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

/**
 * The pace at which the operator drains nodes. Without one it is a node at a time of the whole cluster.
 *
 * @throws KubernetesError before anything is made.
 * @example
 * new SriovDrain("validators", { nodeSelector: { "node-role.kubernetes.io/validator": "" } }, { provider, dependsOn: operator });
 */
export class SriovDrain extends pulumi.ComponentResource {
  constructor(name: string, args: SriovDrainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:SriovDrain", name, {}, opts);
    made(name, "SriovNetworkPoolConfig", drainPool(name, args), this);
    this.registerOutputs({});
  }
}

function made(name: string, kind: string, object: { metadata: object; spec: object }, parent: pulumi.Resource): void {
  new CustomResource(name, { apiVersion: API, kind, ...object }, { parent });
}
