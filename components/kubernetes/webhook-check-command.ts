import { AppsV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { poll } from "../lab/poll";
import { answered, checkProgram, waitingFor } from "./check-program";
import { KubernetesError } from "./errors";
import { refusedPolicy, type WebhookPods, type WebhookVerdict, webhookRemedy, webhookVerdict } from "./webhook-verdict";

/** What the check is asked for. */
export interface WebhookCheckSpec {
  /** The operator's resource, for what is said. */
  readonly operator: string;
  readonly namespace: string;
  readonly context: string | null;
  /** Seconds for the operator to bring its webhook up. */
  readonly seconds: number;
  /** Of the operator's release: another one is looked at anew. */
  readonly revision: number;
}

/**
 * Ends well once the operator's webhook judges policies. The operator itself makes the webhook, some time after its own pods run: a policy
 * that comes before is taken without a look, or refused because nobody answers.
 */
async function check(spec: WebhookCheckSpec, config: KubeConfig): Promise<string> {
  const { operator, namespace, seconds } = spec;
  const policies = config.makeApiClient(CustomObjectsApi);
  let last: WebhookVerdict = { state: "waits", cause: "not-configured", why: "asking" };
  const progress = waitingFor(operator, () => `webhook: ${whyOf(last)}`);
  await poll({ limit: seconds, every: 1, progress }, async () => {
    last = await dryRun(policies, namespace);
    return last.state !== "waits";
  });
  const verdict = last as WebhookVerdict;
  if (verdict.state === "judges") return "the operator's webhook judges policies";
  if (verdict.state === "fails")
    throw new KubernetesError(`${operator}: the dry run of a policy failed: ${verdict.why}`, verdict.remedy);
  const remedy = webhookRemedy(namespace, verdict.cause, await podsOf(config.makeApiClient(AppsV1Api), namespace));
  throw new KubernetesError(`${operator}: its webhook judges no policy after ${seconds} s: ${verdict.why}`, remedy);
}

function whyOf(verdict: WebhookVerdict): string {
  return verdict.state === "judges" ? "judges" : verdict.why;
}

/** Nothing is made. */
async function dryRun(policies: CustomObjectsApi, namespace: string): Promise<WebhookVerdict> {
  const [group, version, plural] = ["sriovnetwork.openshift.io", "v1", "sriovnetworknodepolicies"] as const;
  const body = refusedPolicy(namespace);
  try {
    await answered(policies.createNamespacedCustomObject({ group, version, plural, namespace, body, dryRun: "All" }));
    return webhookVerdict({ code: 201, message: "" });
  } catch (error) {
    const { code, body: told } = error as { code?: unknown; body?: unknown };
    // A connection that fails has a code too: ECONNREFUSED.
    if (typeof code !== "number") throw error;
    return webhookVerdict({ code, message: messageOf(code, told) });
  }
}

/** Of a Status, as text or read already; of what is none (a proxy's page, no such path) its first line. */
function messageOf(code: number, told: unknown): string {
  const status = typeof told === "string" ? parsed(told) : told;
  const message = (status as { message?: unknown } | null | undefined)?.message;
  if (typeof message === "string") return message;
  const [line = ""] = typeof told === "string" ? told.trim().split("\n") : [];
  return `the API server answers ${code} ${line}`.trim();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function podsOf(api: AppsV1Api, namespace: string): Promise<WebhookPods> {
  try {
    const { status } = await answered(api.readNamespacedDaemonSet({ name: "operator-webhook", namespace }));
    return { wanted: status?.desiredNumberScheduled ?? 0, ready: status?.numberReady ?? 0 };
  } catch (error) {
    // What this login does not see is not what the line is about.
    return (error as { code?: unknown }).code === 404 ? null : "hidden";
  }
}

checkProgram(check);
