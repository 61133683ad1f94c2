import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { filesName } from "./files-name";

/**
 * Seconds after which the engine looks whether an object that nothing else hangs on is gone. Kubernetes' provider 4.18 waits for word of that,
 * which it misses where the object goes between its two looks, and then for ten minutes (pulumi-kubernetes #4580).
 */
export const goneSoon: pulumi.CustomResourceOptions = { customTimeouts: { delete: "1m" } };

/**
 * Files of pods. Their ConfigMap is named for what is in it: it is made before pods ask for it, and the one before it is taken away at the end
 * of an update that went well. Each is a resource of its own, not a replacement of the other: what an update that failed has left to be replaced
 * is deleted by its name at the end of the next one, also where that one has taken the change back and the name is in use again.
 */
export function filesOfPods(
  owner: string,
  metadata: { readonly namespace: pulumi.Input<string>; readonly labels: Record<string, string> },
  data: Record<string, string>,
  parent: pulumi.Resource,
): { readonly name: string; readonly configMap: core.ConfigMap } {
  const name = filesName(owner, data);
  const args = { metadata: { ...metadata, name }, data, immutable: true };
  return { name, configMap: new core.ConfigMap(name, args, { parent, ...goneSoon }) };
}
