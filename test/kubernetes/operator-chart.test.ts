import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { operatorModule } from "../../tools/kubernetes/operator";
import { makeStack, type TestStack } from "../engine/stack";
import { until } from "../lab/until";
import { apiOf } from "./api";
import { type Cluster, startCluster, told } from "./cluster";
import { endings } from "./endings";
import { NAMESPACE, type Nic, runWebhook, tellNics } from "./operator";
import { makeCertificates, operatorOfChart, SERVICES_ON_LOOPBACK, serveWebhook, WEBHOOK_HOST } from "./operator-run";
import { simulateNodes } from "./simulated-nodes";

// SriovOperator from the chart of the operator's release 1.5.0, with the real engine, provider, API server and operator, and its real webhook.
// Nodes are kwok's, so the operator's pods only seem to run: the operator and its webhook are processes of this computer, and what its daemon
// would tell of a node's NICs is an object.
let cluster: Cluster;
let stack: TestStack;
let chart: string;
const ends = endings();

const validators = { "node-role.kubernetes.io/validator": "" };
const functions = { cpu: 16, memory: 64e9, pods: 50, "hugepages-1Gi": 16 * 1024 ** 3, "openshift.io/data_plane": 8 };

before(async () => {
  cluster = await startCluster({ services: SERVICES_ON_LOOPBACK, hosts: [WEBHOOK_HOST] });
  ends.push(() => cluster.stop());
  const small = { cpu: 4, memory: 8e9, pods: 50 };
  const kwok = await simulateNodes(cluster, apiOf(cluster.spec), [
    { name: "control", count: 1, pool: "control", has: small },
    { name: "validator", count: 2, pool: "validators", has: functions, labels: validators },
  ]);
  ends.push(() => kwok.stop());
  chart = join(await operatorModule(), "deployment/sriov-network-operator-chart");
  stack = await makeStack(join(__dirname, "program"), { kubernetes: true });
  ends.push(() => stack.remove());
});

const policy = {
  component: "SriovNodePolicy",
  name: "data-plane",
  after: "SriovOperator",
  args: {
    ...{ resource: "data_plane", functions: 8, nodeSelector: validators },
    nic: { model: "intel", interfaces: ["ens1f0"], addresses: ["0000:3b:00.0"] },
  },
};
const network = {
  component: "SriovNetwork",
  name: "data-plane",
  after: "SriovOperator",
  args: { resource: "data_plane", vlan: 120 },
};

function settle(seconds: number, ...more: object[]): void {
  const kubeconfig = readFileSync(cluster.kubeconfig, "utf8");
  const args = { chart, certificates: "secrets", nodeSelector: validators, kubeconfig, seconds };
  stack.configure({
    kubeconfig,
    components: [{ component: "SriovOperator", name: "sriov", args, runs: true }, ...more],
  });
}

/** Empty where there is none. */
const get = (...what: string[]) => told(cluster, "get", "--ignore-not-found", ...what);

test("while no node takes the operator's webhook, up says so in one line, and no policy is made", async () => {
  settle(20, policy);
  await told(cluster, "create", "namespace", NAMESPACE);
  await makeCertificates(cluster);
  const up = stack.pulumi("up", "--yes", "--skip-preview");
  const [ended, started] = await Promise.allSettled([up, operatorOfChart(cluster)]);
  if (started.status === "rejected") throw started.reason;
  ends.push(() => started.value.stop());
  const done = ended.status === "fulfilled" ? ended.value : assert.fail(String(ended.reason));
  assert.notEqual(done.code, 0);
  assert.match(
    done.out + done.err,
    /kubernetes: sriov: its webhook judges no policy after 20 s: .*; its pods run only on nodes with the label node-role\.kubernetes\.io\/control-plane or/,
  );
  assert.equal(await get("sriovnetworknodepolicies", "-A", "-o", "name"), "");
});

test("once one does, the next up goes on from there, and the policy comes after the webhook judges", async () => {
  await told(cluster, "label", "node", "control-0", "node-role.kubernetes.io/control-plane=");
  const webhook = await runWebhook(cluster);
  ends.push(() => webhook.stop());
  const service = await serveWebhook(cluster, webhook.port);
  ends.push(() => service.stop());
  const intel: Nic = { name: "ens1f0", pciAddress: "0000:3b:00.0", vendor: "8086", deviceID: "1592", totalvfs: 64 };
  for (const node of ["validator-0", "validator-1"]) await tellNics(cluster, node, [intel]);
  settle(60, policy, network);
  const done = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  const found = await get("sriovoperatorconfig", "default", "-n", NAMESPACE, "-o", "jsonpath={.spec}");
  const spec = JSON.parse(found) as Record<string, unknown>;
  assert.deepEqual(spec.configDaemonNodeSelector, validators);
  assert.deepEqual([spec.enableInjector, spec.enableOperatorWebhook, spec.disableDrain ?? false], [true, true, false]);
  const again = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(again.code, 0, again.out + again.err);
});

test("the operator makes of the policy what its daemon and its device plugin are told, on the nodes of its selector alone", async () => {
  await until("the plugin's configuration", 180, async () =>
    (await get("configmap", "device-plugin-config", "-n", NAMESPACE, "-o", "jsonpath={.data.validator-1}")).includes(
      "data_plane",
    ),
  );
  const config = JSON.parse(
    await get("configmap", "device-plugin-config", "-n", NAMESPACE, "-o", "jsonpath={.data}"),
  ) as Record<string, string>;
  assert.deepEqual(Object.keys(config), ["validator-0", "validator-1"]);
  const { resourceList } = JSON.parse(config["validator-0"] as string) as {
    resourceList: { resourceName: string; selectors: Record<string, unknown> }[];
  };
  const [pool] = resourceList;
  assert.equal(pool?.resourceName, "data_plane");
  const { vendors, drivers, pfNames, rootDevices } = pool.selectors;
  assert.deepEqual([vendors, drivers, pfNames, rootDevices], [["8086"], ["vfio-pci"], ["ens1f0"], ["0000:3b:00.0"]]);
  const asked = JSON.parse(
    await get("sriovnetworknodestate", "validator-0", "-n", NAMESPACE, "-o", "jsonpath={.spec.interfaces}"),
  ) as { numVfs: number; pciAddress: string; vfGroups: { deviceType: string; vfRange: string }[] }[];
  assert.deepEqual(
    asked.map(({ numVfs, pciAddress, vfGroups }) => [
      numVfs,
      pciAddress,
      vfGroups[0]?.deviceType,
      vfGroups[0]?.vfRange,
    ]),
    [[8, "0000:3b:00.0", "vfio-pci", "0-7"]],
  );
});

test("of a network it makes the one that a workload's pods ask for, in their namespace", async () => {
  const workload = {
    component: "DpdkWorkload",
    name: "validators",
    args: {
      nodes: [{ address: "10.78.0.1/24" }],
      image: `registry.example.com/pantheon-node@sha256:${"5".repeat(64)}`,
      nic: { resource: "openshift.io/data_plane", networks: ["data-plane"] },
      hugepages: { size: "1Gi", amount: "1Gi" },
      nodeSelector: validators,
      dataPlane: { networkId: "pantheon-test" },
    },
  };
  settle(60, policy, network, workload);
  const done = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  const of = "net-attach-def/data-plane";
  await until("the network of pods", 180, async () => (await get(of, "-n", "pantheonchain", "-o", "name")) !== "");
  const annotation = "jsonpath={.metadata.annotations.k8s\\.v1\\.cni\\.cncf\\.io/resourceName}";
  assert.equal(await get(of, "-n", "pantheonchain", "-o", annotation), "openshift.io/data_plane");
  const cni = JSON.parse(await get(of, "-n", "pantheonchain", "-o", "jsonpath={.spec.config}")) as Record<
    string,
    unknown
  >;
  assert.equal(cni.type, "sriov");
  assert.equal(cni.vlan, 120);
  const networks = "jsonpath={.metadata.annotations.k8s\\.v1\\.cni\\.cncf\\.io/networks}";
  await until("the pod on a node with functions", 180, async () =>
    (await get("pod", "validators-0", "-n", "pantheonchain", "-o", "jsonpath={.spec.nodeName}")).startsWith(
      "validator-",
    ),
  );
  assert.match(await get("pod", "validators-0", "-n", "pantheonchain", "-o", networks), /data-plane/);
});

test("destroy takes policies before the operator, and nothing of the operator stays but its definitions", async () => {
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  await until(
    "no configuration of a webhook",
    180,
    async () =>
      (await get("validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o", "name")).trim() === "",
  );
  assert.equal(await get("sriovnetworknodepolicies,sriovnetworks,sriovoperatorconfigs", "-A", "-o", "name"), "");
  assert.match(await get("crd", "-o", "name"), /sriovnetworknodepolicies/);
});
