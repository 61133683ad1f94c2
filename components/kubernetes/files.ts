import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Seconds after which the engine looks whether an object that nothing else hangs on is gone. Kubernetes' provider 4.18 waits for word of that,
 * which it misses where the object goes between its two looks, and then for ten minutes (pulumi-kubernetes #4580).
 */
export const goneSoon: pulumi.CustomResourceOptions = { customTimeouts: { delete: "1m" } };

/**
 * Files of pods. Their ConfigMap is named for what is in it, so it is made before pods ask for it and the old one is taken away at the end of
 * the update: one of the same name would be taken away first, and every pod that starts meanwhile would wait for it. An update may end before
 * the roll-out does (`DpdkWorkload`): a pod of before that is made once more in between waits until it is its turn to be replaced.
 */
export function filesOfPods(
  name: string,
  metadata: {
    readonly name: string;
    readonly namespace: pulumi.Input<string>;
    readonly labels: Record<string, string>;
  },
  data: Record<string, string>,
  parent: pulumi.Resource,
): core.ConfigMap {
  return new core.ConfigMap(name, { metadata, data, immutable: true }, { parent, ...goneSoon });
}
