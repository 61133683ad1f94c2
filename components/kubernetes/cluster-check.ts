import * as pulumi from "@pulumi/pulumi";
import { type CheckAccess, clusterCheckCommand } from "./check-resource";
import type { CheckSpec } from "./cluster-check-command";
import { podTemplate } from "./pod";
import type { DpdkWorkloadArgs } from "./workload-args";
import { NAMESPACE } from "./workload-defaults";

export interface ClusterCheckArgs extends CheckAccess {
  /** The workload that is to find room. */
  readonly workload: DpdkWorkloadArgs;
  /** Seconds for a device plugin that was made just before to offer what it has. Default 120. */
  readonly seconds?: number;
}

/**
 * Looks, before a workload is made, whether the cluster has what its pods ask for: functions, hugepages of that size, whole CPUs, and a
 * namespace that admits them. An update ends with one line where it has not, in place of pods that wait for ever. It looks when the
 * workload is made and when what it asks for changes; nothing in the cluster is changed.
 *
 * @example
 * const check = new ClusterCheck("validators", { workload, kubeconfig }, { dependsOn: plugin });
 * new DpdkWorkload("validators", workload, { provider, dependsOn: check });
 */
export class ClusterCheck extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:ClusterCheck", name, {}, opts);
    clusterCheckCommand(`${name}-check`, "cluster-check-command", checkSpec(name, args), args.kubeconfig, {
      parent: this,
    });
    this.registerOutputs({});
  }
}

/** What is looked for. Pure. */
export function checkSpec(name: string, { workload, context, seconds }: ClusterCheckArgs): CheckSpec {
  const [container] = podTemplate(name, workload, "").spec.containers;
  return {
    ask: {
      workload: name,
      pods: workload.nodes.length,
      amounts: container?.resources.requests ?? {},
      nodeSelector: { ...workload.nodeSelector },
    },
    namespace: workload.namespaceExists === true ? (workload.namespace ?? NAMESPACE) : null,
    context: context ?? null,
    seconds: seconds ?? 120,
  };
}
