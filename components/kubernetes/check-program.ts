import { setTimeout as pause } from "node:timers/promises";
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
    })
    .finally(() => process.exit()); // a request that nobody answers would keep it here
}

/** What a check says while it waits: for whom, since when, and for what. */
export function waitingFor(who: string, what: () => string): (elapsed: number) => void {
  return (elapsed) => process.stderr.write(`${who}: ${elapsed} s, ${what()}\n`);
}

/** Seconds for one answer, as kubectl waits for a connection (30); the client has no limit of its own. */
const ANSWER = 30;

/** What the API server answers, or an error where it takes the request and says nothing. */
export async function answered<T>(request: Promise<T>, seconds = ANSWER): Promise<T> {
  const over = new AbortController();
  const late = pause(seconds * 1000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`nothing was said within ${seconds} s`);
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
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
