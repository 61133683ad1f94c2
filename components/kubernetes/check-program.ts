import { KubeConfig } from "@kubernetes/client-node";
import { KUBECONFIG, SPEC } from "./check-environment";
import { KubernetesError } from "./errors";

/** A program that looks at a cluster: ends well with the line that `check` answers, or with one line of why not. Changes nothing. */
export function checkProgram<T extends { readonly context: string | null }>(
  check: (spec: T, config: KubeConfig) => Promise<string>,
): void {
  enter<T>()
    .then(({ spec, config }) => check(spec, config))
    .then((well) => process.stdout.write(`${well}\n`))
    .catch((error: unknown) => {
      const line =
        error instanceof KubernetesError
          ? error.message
          : `the cluster does not answer: ${String(error).split("\n")[0]}`;
      process.stderr.write(`kubernetes: ${line}\n`);
      process.exitCode = 1;
    });
}

async function enter<T extends { readonly context: string | null }>(): Promise<{ spec: T; config: KubeConfig }> {
  const { [SPEC]: text, [KUBECONFIG]: kubeconfig } = process.env;
  if (text === undefined) throw new KubernetesError(`${SPEC} is not set`, "run this through its resource");
  const spec = JSON.parse(text) as T;
  const config = new KubeConfig();
  if (kubeconfig === undefined || kubeconfig === "") config.loadFromDefault();
  else config.loadFromString(kubeconfig);
  if (spec.context !== null) config.setCurrentContext(spec.context);
  return { spec, config };
}
