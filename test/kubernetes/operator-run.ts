import { readFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { poll } from "../../components/lab/poll";
import { ensureOperator, operatorModule } from "../../tools/kubernetes/operator";
import { freePort } from "../engine/sshd";
import { type Cluster, ofTests } from "./cluster";
import { NAMESPACE } from "./operator";
import { type Running, startProcess } from "./process";

/** Addresses of services on this computer's loopback, so that the API server reaches what a test puts at one of them. For the cluster's spec. */
export const SERVICES_ON_LOOPBACK = "127.96.0.0/16";
const WEBHOOK = `operator-webhook-service.${NAMESPACE}.svc`;
/** For the cluster's spec: its API server's certificate is the webhook's, too. */
export const WEBHOOK_HOST = WEBHOOK;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly env: readonly Variable[] }[] } };
  };
}

/** The secrets that the chart's values name, in the namespace that the component makes. */
export async function makeCertificates({ spec, kubectlWith }: Cluster): Promise<void> {
  const file = (name: string) => readFileSync(join(spec.folder, "certificates", name)).toString("base64");
  // What the operator takes for base64 already.
  const authority = Buffer.from(file("ca.crt")).toString("base64");
  const secrets = ["operator-webhook-cert", "network-resources-injector-cert"].map((name) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: NAMESPACE },
    data: { "ca.crt": authority, "tls.crt": file("server.crt"), "tls.key": file("server.key") },
  }));
  const made = await kubectlWith(
    JSON.stringify({ apiVersion: "v1", kind: "List", items: secrets }),
    ..."apply -f -".split(" "),
  );
  if (made.code !== 0) throw new Error(made.err);
}

/**
 * The real operator as a process of this computer, with the environment that its chart gives its pod: values, fields and secrets are
 * resolved as a kubelet does. The chart's pod itself only seems to run.
 */
export async function runOperator(cluster: Cluster): Promise<Running> {
  const program = await ensureOperator(ofTests());
  const [health, folder] = [await freePort(), await operatorModule()];
  const environment = await environmentOf(cluster);
  return startProcess(program, ["--metrics-bind-address=0", `--health-probe-bind-address=127.0.0.1:${health}`], {
    ...{ log: join(cluster.spec.folder, "operator.log"), limit: 60, folder },
    environment: { ...environment, KUBECONFIG: cluster.kubeconfig },
    isWell: () =>
      fetch(`http://127.0.0.1:${health}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
}

async function environmentOf(cluster: Cluster): Promise<Record<string, string>> {
  const { items } = JSON.parse(await got(cluster, "deployments", "-o", "json")) as { items: Deployment[] };
  const variables = items[0]?.spec.template.spec.containers[0]?.env ?? [];
  const pairs = variables.map(async (variable) => [variable.name, await resolved(cluster, variable)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

const FIELDS: Readonly<Record<string, string>> = {
  "metadata.namespace": NAMESPACE,
  "metadata.name": "sriov-network-operator-0",
  "spec.nodeName": "control-0",
};

async function resolved(cluster: Cluster, { name, value, valueFrom }: Variable): Promise<string> {
  const { fieldRef, secretKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) {
    const field = FIELDS[fieldRef.fieldPath];
    if (field === undefined)
      throw new Error(`${name} is of the field ${fieldRef.fieldPath}, which this test does not know`);
    return field;
  }
  if (secretKeyRef === undefined) return value ?? "";
  const path = `jsonpath={.data.${secretKeyRef.key.replace(".", "\\.")}}`;
  return Buffer.from(await got(cluster, "secret", secretKeyRef.name, "-o", path), "base64").toString();
}

async function got({ kubectl }: Cluster, ...what: string[]): Promise<string> {
  const { code, out, err } = await kubectl("get", "-n", NAMESPACE, ...what);
  if (code !== 0) throw new Error(err);
  return out;
}

/**
 * Puts a webhook that listens at `port` where the operator's Service is, once there is one: what kube-proxy does on a node. Needs root, as the
 * service's port is 443.
 */
export async function serveWebhook(cluster: Cluster, port: number): Promise<Server> {
  let address = "";
  const isThere = await poll({ limit: 60, every: 0.5 }, async () => {
    address = (
      await cluster.kubectl(
        ..."get service operator-webhook-service -o jsonpath={.spec.clusterIP} -n".split(" "),
        NAMESPACE,
      )
    ).out;
    return address !== "";
  });
  if (!isThere) throw new Error("the operator has made no service of its webhook");
  const server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    from.pipe(to).pipe(from);
    for (const [end, other] of [
      [from, to],
      [to, from],
    ] as const)
      end.on("error", () => other.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(443, address, () => resolve(server));
  });
}
