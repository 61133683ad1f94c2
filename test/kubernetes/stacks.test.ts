import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { before, test } from "node:test";
import { load } from "js-yaml";
import { operatorModule } from "../../tools/kubernetes/operator";
import { makeStack, settingsOf, type TestStack } from "../engine/stack";
import { until } from "../lab/until";
import { apiOf } from "./api";
import { type Cluster, startCluster, told } from "./cluster";
import { endings } from "./endings";
import { NAMESPACE, type Nic, runWebhook, tellNics } from "./operator";
import { makeCertificates, operatorOfChart, SERVICES_ON_LOOPBACK, serveWebhook, WEBHOOK_HOST } from "./operator-run";
import { simulateNodes } from "./simulated-nodes";

// The example of an existing cluster, stacks/kubernetes-production.fleet.yaml, by the project's own program with the policies of mainnet. Its
// cluster is a real control plane with kwok's nodes; operator and webhook are real processes, from the chart in their module's folder in the
// place of its registry, and with certificates of the test in the place of cert-manager's.
const project = resolve(__dirname, "../..");
let cluster: Cluster;
let stack: TestStack;
const ends = endings();
const VALIDATORS = ["validator-0", "validator-1", "validator-2"];

before(async () => {
  cluster = await startCluster({ services: SERVICES_ON_LOOPBACK, hosts: [WEBHOOK_HOST] });
  ends.push(() => cluster.stop());
  const control = { name: "control", count: 1, pool: "control", has: { cpu: 4, memory: 8e9, pods: 50 } };
  const has = { cpu: 16, memory: 64e9, pods: 50, "hugepages-1Gi": 16 * 1024 ** 3, "openshift.io/data_plane": 8 };
  const kwok = await simulateNodes(cluster, apiOf(cluster.spec), [
    { ...control, labels: { "node-role.kubernetes.io/control-plane": "" } },
    { name: "validator", count: 3, pool: "validators", has, labels: { "node-role.kubernetes.io/validator": "" } },
  ]);
  ends.push(() => kwok.stop());
  await told(cluster, "create", "namespace", NAMESPACE);
  await makeCertificates(cluster);
  stack = await makeStack(project, { kubernetes: true });
  ends.push(() => stack.remove());
  await settle();
});

interface Example {
  readonly kubernetes: { readonly operator: object };
}

/** The example as it is, but for where its cluster is and what the test has not. */
async function settle(): Promise<void> {
  const text = readFileSync(join(project, "stacks/kubernetes-production.fleet.yaml"), "utf8");
  const fleet = load(text) as Example;
  const chart = join(await operatorModule(), "deployment/sriov-network-operator-chart");
  const operator = { ...fleet.kubernetes.operator, chart, certificates: "secrets" };
  const kubernetes = { ...fleet.kubernetes, cluster: { kubeconfig: cluster.kubeconfig }, operator };
  stack.setFleet({ ...fleet, kubernetes });
  stack.configure({
    ...settingsOf("kubernetes-production"),
    fleetFile: join(stack.folder, "test.fleet.yaml"),
    cacheFolder: stack.folder,
  });
}

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await stack.pulumi(...args);
  assert.equal(code, 0, out + err);
  assert.doesNotMatch(out, /\[mandatory\]/, out);
  return out;
}

/** What a cluster with the operator's pods and a node's NICs has, while `up` waits for it. */
async function operatorComesUp(): Promise<void> {
  const operator = await operatorOfChart(cluster);
  ends.push(() => operator.stop());
  const states = "get sriovnetworknodestates -o name -n".split(" ");
  const known = async () => (await told(cluster, ...states, NAMESPACE)).trim().split("\n").length === VALIDATORS.length;
  await until("the operator knows the nodes of its selector", 60, known);
  const intel: Nic = { name: "ens1f0", pciAddress: "0000:3b:00.0", vendor: "8086", deviceID: "1592", totalvfs: 64 };
  for (const node of VALIDATORS) await tellNics(cluster, node, [intel]);
  const webhook = await runWebhook(cluster);
  ends.push(() => webhook.stop());
  const service = await serveWebhook(cluster, webhook.port);
  ends.push(() => service.stop());
}

test("a preview shows all that the cluster gets, and the policies of mainnet have nothing against it", async () => {
  const out = await done("preview");
  for (const made of ["Release", "SriovNetworkNodePolicy", "SriovNetwork ", "SriovNetworkPoolConfig", "StatefulSet"])
    assert.ok(out.includes(made), `${made}: ${out}`);
});

test("up brings operator, functions, network and a pod for each node, and a second one changes nothing", async () => {
  const [up, others] = await Promise.allSettled([done("up", "--yes", "--skip-preview"), operatorComesUp()]);
  for (const ended of [others, up]) if (ended.status === "rejected") throw ended.reason;
  const placed = "get pods -n pantheonchain -o jsonpath={.items[*].spec.nodeName}";
  assert.deepEqual((await told(cluster, ...placed.split(" "))).split(" ").sort(), VALIDATORS);
  const network = "get net-attach-def data-plane -n pantheonchain -o name";
  assert.match(await told(cluster, ...network.split(" ")), /data-plane/);
  await done("up", "--yes", "--skip-preview", "--expect-no-changes");
});

test("destroy takes all of it away", async () => {
  await done("destroy", "--yes", "--skip-preview");
  assert.equal(
    await told(cluster, "get", "sriovnetworknodepolicies,sriovnetworks,statefulsets", "-A", "-o", "name"),
    "",
  );
});
