import * as pulumi from "@pulumi/pulumi";
import { clusterCheckCommand } from "./check-resource";
import type { PodsGoneSpec } from "./pods-gone-command";
import type { RolloutSpec } from "./rollout-check-command";
import type { DpdkWorkloadArgs } from "./workload-args";
import { PROGRESS_DEADLINE_SECONDS } from "./workload-defaults";

interface Where {
  readonly namespace: pulumi.Input<string>;
  readonly parent: pulumi.Resource;
}

/** Annotations of what makes the pods: its roll-out is followed by a check of our own in place of the provider's. */
export function rolloutAnnotations({ rollout }: DpdkWorkloadArgs): Record<string, string> {
  return rollout === undefined ? {} : { "pulumi.com/skipAwait": "true" };
}

/** Holds an update until the pods are rolled out, whenever what makes them is another one. */
export function followRollout(
  name: string,
  { rollout, kind = "StatefulSet", progressDeadlineSeconds = PROGRESS_DEADLINE_SECONDS }: DpdkWorkloadArgs,
  generation: pulumi.Output<number>,
  { namespace, parent }: Where,
): void {
  if (rollout === undefined) return;
  const spec: pulumi.Output<RolloutSpec> = pulumi.output({
    ...{ workload: name, kind, namespace, progressDeadlineSeconds, generation },
    context: rollout.context ?? null,
  });
  clusterCheckCommand(`${name}-rollout`, "rollout-check-command", spec, rollout.kubeconfig, { parent });
}

/**
 * What the workload is to depend on, so that a destroy ends after its pods: the provider does not wait for them where it is told not to wait
 * for the roll-out. A namespace of its own is gone only after them anyway.
 */
export function waitForEnd(
  name: string,
  { rollout, namespaceExists }: DpdkWorkloadArgs,
  { namespace, parent }: Where,
): pulumi.Resource[] {
  if (rollout === undefined || namespaceExists !== true) return [];
  const spec: pulumi.Output<PodsGoneSpec> = pulumi.output({
    ...{ workload: name, namespace, seconds: 120 },
    context: rollout.context ?? null,
  });
  return [clusterCheckCommand(`${name}-end`, "pods-gone-command", spec, rollout.kubeconfig, { parent }, "delete")];
}
