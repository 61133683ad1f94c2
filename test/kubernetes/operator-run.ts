import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { ensureOperator, operatorModule } from "../../tools/kubernetes/operator";
import { freePort } from "../engine/sshd";
import { until } from "../lab/until";
import { type Cluster, must, ofTests, told } from "./cluster";
import { NAMESPACE } from "./operator";
import { type Running, startProcess } from "./process";

/** Addresses of services on this computer's loopback, so that the API server reaches what a test puts at one of them. For the cluster's spec. */
export const SERVICES_ON_LOOPBACK = "127.96.0.0/16";
/** For the cluster's spec: its API server's certificate is the webhook's, too. */
export const WEBHOOK_HOST = `operator-webhook-service.${NAMESPACE}.svc`;

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

/** The secrets that the chart's values name; their namespace is there before the component that makes it. */
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
  await must(
    kubectlWith(JSON.stringify({ apiVersion: "v1", kind: "List", items: secrets }), ..."apply -f -".split(" ")),
  );
}

/** The operator of a chart that an `up` installs meanwhile: it starts when the chart's Deployment is there, as its pod would. */
export async function operatorOfChart(cluster: Cluster): Promise<Running> {
  const deployments = () => told(cluster, "get", "deployments", "-n", NAMESPACE, "-o", "name");
  await until("the chart's deployment", 180, async () => (await deployments()) !== "");
  return runOperator(cluster);
}

/**
 * The real operator as a process of this computer, with the environment that its chart gives its pod: values, fields and secrets are
 * resolved as a kubelet does. The chart's pod itself only seems to run.
 */
async function runOperator(cluster: Cluster): Promise<Running> {
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
  const { items } = JSON.parse(await told(cluster, "get", "deployments", "-n", NAMESPACE, "-o", "json")) as {
    items: Deployment[];
  };
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
  return Buffer.from(
    await told(cluster, "get", "secret", secretKeyRef.name, "-n", NAMESPACE, "-o", path),
    "base64",
  ).toString();
}

/**
 * Puts a webhook that listens at `port` where the operator's Service is, once there is one: what kube-proxy does on a node. The service's port is
 * 443, so this needs root, or net.ipv4.ip_unprivileged_port_start at 443 or below.
 */
export async function serveWebhook(cluster: Cluster, port: number): Promise<{ stop(): Promise<void> }> {
  const service = "get service operator-webhook-service --ignore-not-found -o jsonpath={.spec.clusterIP} -n";
  let address = "";
  await until("the service of the operator's webhook", 60, async () => {
    address = await told(cluster, ...service.split(" "), NAMESPACE);
    return address !== "";
  });
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    from.pipe(to).pipe(from);
    for (const [end, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(end);
      end.on("error", () => undefined); // it is closed then
      end.on("close", () => {
        sockets.delete(end);
        other.destroy();
      });
    }
  });
  await new Promise<void>((listening, reject) => {
    server.once("error", reject).listen(443, address, listening);
  });
  const stop = async () => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { stop };
}
