/** Of the operator's webhook, from what the API server answers to the dry run of a policy that the webhook refuses. */
export type WebhookVerdict =
  | { readonly state: "judges" }
  | { readonly state: "waits"; readonly cause: Cause; readonly why: string }
  /** Waiting does not help. */
  | { readonly state: "fails"; readonly why: string; readonly remedy: string };

/** No webhook is configured, the definitions are not there, it does not answer the API server, or the API server itself is not well. */
type Cause = "not-configured" | "no-definition" | "no-answer" | "busy";

/** The operator's DaemonSet of its webhook: null where there is none, "hidden" where this login may not see it. */
export type WebhookPods = { readonly wanted: number; readonly ready: number } | null | "hidden";

/** Its name in the operator's manifest (bindata/manifests/operator-webhook/003-webhook.yaml). */
const WEBHOOK = "operator-webhook.sriovnetwork.openshift.io";

/** The policy: no driver is right for it, which only the webhook knows (pkg/webhook/validate.go: vfio-pci conflicts with RDMA). */
export function refusedPolicy(namespace: string) {
  return {
    apiVersion: "sriovnetwork.openshift.io/v1",
    kind: "SriovNetworkNodePolicy",
    metadata: { name: "dpdk-fleet-webhook-check", namespace },
    spec: {
      resourceName: "webhook_check",
      nodeSelector: { "pantheonchain.org/webhook-check": "" },
      priority: 99,
      numVfs: 1,
      nicSelector: { vendor: "8086", rootDevices: ["ffff:ff:1f.7"] },
      deviceType: "vfio-pci",
      isRdma: true,
    },
  };
}

/** `code` is the API server's; 201 where it would have made the policy. Pure. */
export function webhookVerdict({ code, message }: { code: number; message: string }): WebhookVerdict {
  if (message.includes(`admission webhook "${WEBHOOK}" denied`)) return { state: "judges" };
  if (code < 300) return { state: "waits", cause: "not-configured", why: "nothing is asked before a policy is taken" };
  if (code === 404) return { state: "waits", cause: "no-definition", why: "policies are not defined" };
  if (message.includes("failed calling webhook"))
    return { state: "waits", cause: "no-answer", why: innermost(message) };
  if (code === 429 || code >= 500) return { state: "waits", cause: "busy", why: message };
  if (code === 401 || message.includes("is forbidden: User"))
    return { state: "fails", why: message, remedy: "log in as somebody who may create SR-IOV policies" };
  return { state: "fails", why: message, remedy: "something else than the operator's webhook refuses it; see to that" };
}

/** What to do where the webhook has not come up in time. Pure. */
export function webhookRemedy(namespace: string, cause: Cause, pods: WebhookPods): string {
  const log = `read kubectl logs -n ${namespace} -l name=sriov-network-operator`;
  if (cause === "busy") return "see why the API server is not well, then run this again";
  if (cause === "no-definition") return "the chart brings the definitions; see whether kubectl get crd has them";
  if (pods === "hidden") return `see kubectl get daemonset operator-webhook -n ${namespace} with a login that may`;
  if (pods === null) return `the operator has not made it; ${log}`;
  if (pods.wanted === 0)
    return (
      "its pods run only on nodes with the label node-role.kubernetes.io/control-plane or node-role.kubernetes.io/master, and no node has " +
      "one; label at least one, as a managed cluster has none"
    );
  if (pods.ready === 0)
    return `none of its ${pods.wanted} pods is ready; read kubectl describe pods -n ${namespace} -l app=operator-webhook`;
  if (cause === "not-configured") return `its pods are ready and no configuration names them; ${log}`;
  return "its pods are ready, so the API server does not reach them or does not believe their certificate; see its ca.crt and the network";
}

/** Go's errors begin with the widest circle; the reason is their end. */
function innermost(message: string): string {
  return message.split(": ").slice(-2).join(": ");
}
