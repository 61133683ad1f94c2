import { AppsV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { poll } from "../lab/poll";
import { checkProgram } from "./check-program";
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
async function look(spec: WebhookCheckSpec, config: KubeConfig): Promise<string> {
  const { operator, namespace, seconds } = spec;
  const policies = config.makeApiClient(CustomObjectsApi);
  let verdict: WebhookVerdict = { state: "waits", why: "asking" };
  const progress = (elapsed: number) => process.stderr.write(`${operator}: ${elapsed} s, webhook: ${whyOf(verdict)}\n`);
  await poll({ limit: seconds, every: 1, progress }, async () => {
    verdict = await ask(policies, namespace);
    return verdict.state !== "waits";
  });
  const last = verdict as WebhookVerdict;
  if (last.state === "answers") return "the operator's webhook judges policies";
  if (last.state === "refused")
    throw new KubernetesError(
      `${operator}: a policy may not be tried: ${last.why}`,
      "log in as somebody who may create SR-IOV policies",
    );
  const remedy = webhookRemedy(namespace, await podsOf(config.makeApiClient(AppsV1Api), namespace));
  throw new KubernetesError(`${operator}: its webhook judges no policy after ${seconds} s: ${last.why}`, remedy);
}

function whyOf(verdict: WebhookVerdict): string {
  return verdict.state === "answers" ? "answers" : verdict.why;
}

/** Nothing is made: the API server only says what it would do (dryRun). */
async function ask(policies: CustomObjectsApi, namespace: string): Promise<WebhookVerdict> {
  const [group, version, plural] = ["sriovnetwork.openshift.io", "v1", "sriovnetworknodepolicies"] as const;
  const body = refusedPolicy(namespace);
  try {
    await policies.createNamespacedCustomObject({ group, version, plural, namespace, body, dryRun: "All" });
    return webhookVerdict({ code: 201, message: "" });
  } catch (error) {
    const { code, body: told } = error as { code?: number; body?: unknown };
    if (code === undefined) throw error;
    return webhookVerdict({ code, message: messageOf(told) });
  }
}

/** An API server's Status, as text or read already. */
function messageOf(told: unknown): string {
  const status = typeof told === "string" ? (JSON.parse(told) as unknown) : told;
  return (status as { message?: string } | null)?.message ?? String(told);
}

async function podsOf(api: AppsV1Api, namespace: string): Promise<WebhookPods> {
  try {
    const { status } = await api.readNamespacedDaemonSet({ name: "operator-webhook", namespace });
    return { wanted: status?.desiredNumberScheduled ?? 0, ready: status?.numberReady ?? 0 };
  } catch (error) {
    if ((error as { code?: number }).code !== 404) throw error;
    return null;
  }
}

checkProgram(look);
