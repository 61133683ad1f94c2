/** Of the operator's webhook, from what the API server answers where a policy is asked for that the webhook refuses. */
export type WebhookVerdict =
  | { readonly state: "answers" }
  | { readonly state: "waits" | "refused"; readonly why: string };

/** The operator's DaemonSet of its webhook; null where there is none. */
export type WebhookPods = { readonly wanted: number; readonly ready: number } | null;

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

/** `code` and `message` are the API server's; 201 where it would have made the policy. Pure. */
export function webhookVerdict({ code, message }: { code: number; message: string }): WebhookVerdict {
  if (message.includes(`admission webhook "${WEBHOOK}" denied`)) return { state: "answers" };
  if (code < 300) return { state: "waits", why: "nothing is asked before a policy is taken" };
  if (code === 404) return { state: "waits", why: "the definition of a policy is not there" };
  if (message.includes("failed calling webhook")) return { state: "waits", why: lastOf(message) };
  return { state: "refused", why: message };
}

/** What to do where the webhook does not answer in time. Pure. */
export function webhookRemedy(namespace: string, pods: WebhookPods): string {
  if (pods === null)
    return `the operator has not made it; read kubectl logs -n ${namespace} -l name=sriov-network-operator`;
  if (pods.wanted === 0)
    return (
      "its pods run only on nodes with the label node-role.kubernetes.io/control-plane or node-role.kubernetes.io/master, and no node has " +
      "one; label at least one, as a managed cluster has none"
    );
  if (pods.ready === 0)
    return `none of its ${pods.wanted} pods is ready; read kubectl describe pods -n ${namespace} -l app=operator-webhook`;
  return "its pods are ready, so the API server does not reach them or does not believe their certificate; see its ca.crt and the network";
}

/** Go's errors begin with the widest circle; the reason is their end. */
function lastOf(message: string): string {
  return message.split(": ").slice(-2).join(": ");
}
