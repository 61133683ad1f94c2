import { readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { ensureOperatorWebhook, operatorModule } from "../../tools/kubernetes/operator";
import { freePort } from "../engine/sshd";
import { type Cluster, must, ofTests } from "./cluster";
import { type Running, startProcess } from "./process";

export const NAMESPACE = "sriov-network-operator";

/** The operator's own custom resource definitions and its namespace. */
export async function defineOperator(cluster: Cluster): Promise<void> {
  await must(cluster.kubectl("apply", "-f", join(await operatorModule(), "config/crd/bases")));
  await must(cluster.kubectl("create", "namespace", NAMESPACE));
}

/**
 * The operator's real webhook, asked by the API server under its address on loopback, and its own configurations of 1.5.0: policies are
 * refused where it does not answer.
 */
export async function startWebhook(cluster: Cluster): Promise<Running> {
  const module = await operatorModule();
  await must(cluster.kubectl("apply", "-n", NAMESPACE, "-f", join(module, "deploy/configmap.yaml")));
  const { port, ...webhook } = await runWebhook(cluster);
  const authority = readFileSync(join(cluster.spec.folder, "certificates/ca.crt")).toString("base64");
  const configurations = configurationsOf(module, `https://127.0.0.1:${port}`, authority);
  const made = await cluster.kubectlWith(JSON.stringify(configurations), "apply", "-f", "-");
  if (made.code === 0) return webhook;
  await webhook.stop();
  throw new Error(`the webhook's configurations were not taken: ${made.err}`);
}

/**
 * The webhook alone, as a process of this computer; nobody asks it yet. It takes the API server's certificate, which the cluster's authority
 * has signed for 127.0.0.1. It has no option for the address that it listens on: for the test's time it is every address of this machine.
 */
export async function runWebhook(cluster: Cluster): Promise<Running & { readonly port: number }> {
  const program = await ensureOperatorWebhook(ofTests());
  const port = await freePort();
  const certificate = (name: string) => join(cluster.spec.folder, "certificates", name);
  const authority = readFileSync(certificate("ca.crt"));
  const webhook = await startProcess(
    program,
    [
      "start",
      `--port=${port}`,
      `--tls-cert-file=${certificate("server.crt")}`,
      `--tls-private-key-file=${certificate("server.key")}`,
    ],
    {
      ...{ log: join(cluster.spec.folder, "webhook.log"), limit: 60 },
      environment: { KUBECONFIG: cluster.kubeconfig, NAMESPACE },
      isWell: () => answers(`https://127.0.0.1:${port}/readyz`, authority),
    },
  );
  return { ...webhook, port };
}

interface Configuration {
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly { readonly clientConfig: { readonly service: { readonly path: string } } }[];
}

/** As the operator's manifest has them, but for who is asked: a URL of loopback in the place of its service. */
function configurationsOf(module: string, server: string, caBundle: string): object {
  const file = join(module, "bindata/manifests/operator-webhook/003-webhook.yaml");
  const filled = readFileSync(file, "utf8")
    .replace(/^\s*\{\{-.*\}\}\n/gm, "") // both branches of a condition are annotations, which are left out
    .replace(/\{\{\.\w+\}\}/g, NAMESPACE);
  const items = (loadAll(filled) as Configuration[]).map((each) => ({
    ...each,
    metadata: { name: each.metadata.name },
    webhooks: each.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { url: server + webhook.clientConfig.service.path, caBundle },
    })),
  }));
  return { apiVersion: "v1", kind: "List", items };
}

function answers(url: string, ca: Buffer): Promise<boolean> {
  return new Promise((done) => {
    const asked = get(url, { ca, timeout: 2000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => done(false));
  });
}

/** A NIC as the operator's daemon tells it (api/v1, InterfaceExt). */
export interface Nic {
  readonly name: string;
  readonly pciAddress: string;
  readonly vendor: string;
  readonly deviceID: string;
  readonly totalvfs: number;
}

/** A node and what the operator's daemon would have found on it: that is what the webhook compares a policy with. */
export async function makeNode(
  cluster: Cluster,
  name: string,
  labels: Readonly<Record<string, string>>,
  nics: readonly Nic[],
): Promise<void> {
  const node = { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
  const items = { apiVersion: "v1", kind: "List", items: [node, stateOf(name)] };
  await must(cluster.kubectlWith(JSON.stringify(items), "create", "-f", "-"));
  await tellNics(cluster, name, nics);
}

/** What the operator's daemon would tell of a node that the operator knows. */
export async function tellNics(cluster: Cluster, name: string, nics: readonly Nic[]): Promise<void> {
  const status = { syncStatus: "Succeeded", interfaces: nics.map((nic) => ({ ...nic, mtu: 1500, linkType: "ETH" })) };
  await must(
    cluster.kubectlWith(
      JSON.stringify({ ...stateOf(name), status }),
      ..."apply --server-side --subresource=status --validate=strict -f -".split(" "),
    ),
  );
}

function stateOf(name: string): object {
  return {
    apiVersion: "sriovnetwork.openshift.io/v1",
    kind: "SriovNetworkNodeState",
    metadata: { name, namespace: NAMESPACE },
  };
}
