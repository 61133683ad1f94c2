import { get } from "node:https";
import { load } from "js-yaml";
import { KubernetesError } from "./errors";

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly cluster?: string } }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster?: { readonly server?: string } }[];
}

/**
 * The address of the API server that a kubeconfig names. Pure.
 *
 * @throws KubernetesError where it has no such context, or the context no cluster.
 */
export function serverOf(text: string, context: string | undefined): string {
  const config = (load(text) ?? {}) as Kubeconfig;
  const wanted = context ?? config["current-context"];
  const known = config.contexts ?? [];
  const found = known.find(({ name }) => name === wanted);
  if (found === undefined)
    throw new KubernetesError(
      `the kubeconfig has no context ${wanted ?? "that is current"}`,
      `it has ${known.map(({ name }) => name).join(", ") || "none"}; name one of these`,
    );
  const server = config.clusters?.find(({ name }) => name === found.context?.cluster)?.cluster?.server;
  if (server === undefined)
    throw new KubernetesError(
      `context ${wanted} names no cluster with a server`,
      "mend the kubeconfig, or name another context",
    );
  return server;
}

/**
 * Whether the API server answers at all within so many seconds: with an unreachable cluster a preview would pass, and an update wait for
 * each object. Any answer counts, also one that wants a login; who it is, the provider sees.
 *
 * @throws KubernetesError where it does not.
 */
export function reach(server: string, seconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) =>
      reject(
        new KubernetesError(
          `the cluster at ${server} does not answer: ${why}`,
          "see that it runs and that this computer reaches it; to take a stack away whose cluster is gone for good, run " +
            "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy",
        ),
      );
    const request = get(
      new URL("/version", server),
      { rejectUnauthorized: false, timeout: seconds * 1000 },
      (answer) => {
        answer.resume();
        resolve();
      },
    );
    request.on("timeout", () => request.destroy(new Error(`nothing within ${seconds} s`)));
    request.on("error", (error) => refuse(error.message));
  });
}
