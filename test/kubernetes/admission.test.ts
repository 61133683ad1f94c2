import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { drainPool } from "../../components/kubernetes/drain-plan";
import type { SriovNodePolicyArgs } from "../../components/kubernetes/node-policy-args";
import { nodePolicy, refuseOverlaps } from "../../components/kubernetes/node-policy-plan";
import { makeStack, type TestStack } from "../engine/stack";
import { type Cluster, startCluster } from "./cluster";
import { endings } from "./endings";
import { defineOperator, makeNode, NAMESPACE, startWebhook } from "./operator";
import type { Running } from "./process";

// The SR-IOV network operator's own webhook, of its release 1.5.0, as an API server asks it: what it says of our components' objects, and of
// others. The nodes and what the operator's daemon tells of them are objects alone.
let cluster: Cluster;
let webhook: Running;
let stack: TestStack;
const ends = endings();

const nodeSelector = { "node-role.kubernetes.io/validator": "" };

before(async () => {
  cluster = await startCluster();
  ends.push(() => cluster.stop());
  await defineOperator(cluster);
  const intel = { vendor: "8086", deviceID: "1592", totalvfs: 64 };
  await makeNode(cluster, "validator-1", nodeSelector, [
    { name: "ens1f0", pciAddress: "0000:3b:00.0", ...intel },
    { name: "ens1f1", pciAddress: "0000:3b:00.1", ...intel },
    { name: "ens2f0", pciAddress: "0000:5e:00.0", vendor: "15b3", deviceID: "101d", totalvfs: 16 },
    { name: "ens5", pciAddress: "0000:00:05.0", vendor: "1d0f", deviceID: "ec20", totalvfs: 0 },
  ]);
  webhook = await startWebhook(cluster);
  ends.push(() => webhook.stop());
  stack = await makeStack(join(__dirname, "program"), { kubernetes: true });
  ends.push(() => stack.remove());
});

const args = (changes: Partial<SriovNodePolicyArgs> = {}): SriovNodePolicyArgs => ({
  ...{ resource: "data_plane", nodeSelector, functions: 8 },
  nic: { model: "intel", interfaces: ["ens1f0"] },
  ...changes,
});
const mine = {
  first: args({ range: { first: 0, last: 3 } }),
  second: args({ resource: "consensus", range: { first: 4, last: 7 } }),
  mellanox: args({ nic: { model: "mellanox", interfaces: ["ens2f0"], addresses: ["0000:5e:00.0"] } }),
};

function settle(policies: Readonly<Record<string, SriovNodePolicyArgs>>): void {
  const listed = Object.entries(policies).map(([name, each]) => ({ component: "SriovNodePolicy", name, args: each }));
  const drain = { component: "SriovDrain", name: "validators", args: { nodeSelector } };
  stack.configure({ kubeconfig: readFileSync(cluster.kubeconfig, "utf8"), components: [...listed, drain] });
}

/** What the webhook says of an object that is not made; empty where it passes. */
async function said(policy: object): Promise<string> {
  const object = { apiVersion: "sriovnetwork.openshift.io/v1", kind: "SriovNetworkNodePolicy", ...policy };
  return (await cluster.kubectlWith(JSON.stringify(object), "create", "--dry-run=server", "-f", "-")).err;
}

async function specOf(kind: string, name: string): Promise<unknown> {
  const got = await cluster.kubectl("get", kind, name, "-n", NAMESPACE, "-o", "jsonpath={.spec}");
  assert.equal(got.code, 0, got.err);
  return JSON.parse(got.out);
}

test("policies of ours pass as they are: nothing is added to them, and a second up changes nothing", async () => {
  settle(mine);
  const done = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  for (const [name, each] of Object.entries(mine))
    assert.deepEqual(await specOf("sriovnetworknodepolicy", name), nodePolicy(name, each).spec);
  assert.deepEqual(
    await specOf("sriovnetworkpoolconfig", "validators"),
    drainPool("validators", { nodeSelector }).spec,
  );
  const again = await stack.pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
  assert.equal(again.code, 0, again.out + again.err);
});

test("to a policy without them the webhook adds the lowest priority and no RDMA", async () => {
  const { metadata, spec } = nodePolicy("bare", args({ nic: { model: "intel", interfaces: ["ens1f1"] } }));
  const { priority: _, isRdma: __, ...bare } = spec;
  const object = { apiVersion: "sriovnetwork.openshift.io/v1", kind: "SriovNetworkNodePolicy", metadata, spec: bare };
  const made = await cluster.kubectlWith(JSON.stringify(object), ..."create --dry-run=server -o json -f -".split(" "));
  const { spec: taken } = JSON.parse(made.out) as { spec: { priority: number; isRdma: boolean } };
  assert.deepEqual([taken.priority, taken.isRdma], [99, false], made.err);
});

test("ranges that overlap are refused by refuseOverlaps before, and by the webhook", async () => {
  const third = args({ resource: "third", range: { first: 3, last: 5 } });
  assert.throws(
    () =>
      refuseOverlaps(
        [...Object.entries(mine), ["third", third] as const].map(([name, each]) => ({ name, args: each })),
      ),
    /third and first both take functions of ens1f0/,
  );
  assert.match(
    await said(nodePolicy("third", third)),
    /VF index range in ens1f0#3-5 is overlapped with existing policy/,
  );
});

test("an address that two policies name is refused by both, whatever their ranges are", async () => {
  const nic = { model: "mellanox", interfaces: ["ens2f0"], addresses: ["0000:5e:00.0"] } as const;
  const parts = [args({ nic, range: { first: 0, last: 3 } }), args({ nic, range: { first: 4, last: 7 } })] as const;
  assert.throws(
    () => refuseOverlaps(parts.map((each, index) => ({ name: `p${index}`, args: each }))),
    /both take functions of 0000:5e:00\.0/,
  );
  const other = args({ ...parts[1], nic: { ...nic, interfaces: ["ens2f1"] } });
  assert.match(await said(nodePolicy("other", other)), /root device 0000:5e:00\.0 is overlapped with existing policy/);
});

test("vfio-pci with RDMA is refused by the webhook; of ours a Mellanox policy never has both", async () => {
  const { metadata, spec } = nodePolicy("wrong", mine.mellanox);
  assert.deepEqual([spec.deviceType, spec.isRdma], ["netdevice", true]);
  const refused = await said({ metadata, spec: { ...spec, deviceType: "vfio-pci" } });
  assert.match(refused, /'deviceType: vfio-pci' conflicts with 'isRdma: true'/);
});

test("a policy that pins no NIC is refused by the component, one whose NIC no node has by the webhook", async () => {
  assert.throws(() => nodePolicy("open", args({ nic: { model: "intel" } })), /names neither interfaces nor addresses/);
  const elsewhere = args({ nic: { model: "intel", interfaces: ["ens9f0"] } });
  assert.match(await said(nodePolicy("elsewhere", elsewhere)), /no supported NIC is selected by the nicSelector/);
  const nowhere = args({ nodeSelector: { dpdk: "yes" } });
  assert.match(await said(nodePolicy("nowhere", nowhere)), /no matched node is selected by the nodeSelector/);
  const many = args({ functions: 65, nic: { model: "intel", interfaces: ["ens1f1"] } });
  assert.match(await said(nodePolicy("many", many)), /numVfs\(65\) .* exceed the maximum allowed value\(64\)/);
});

test("this release of the operator knows no interface of EC2", async () => {
  const ena = args({ functions: 1, nic: { model: "ena", subnet: "subnet-0a1b" } });
  assert.match(await said(nodePolicy("ena", ena)), /vendor 1d0f is not supported/);
});

test("up tells what the webhook has refused, and the other policies stay", async () => {
  settle({ ...mine, elsewhere: args({ nic: { model: "intel", interfaces: ["ens9f0"] } }) });
  const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0);
  assert.match(out + err, /no supported NIC is selected by the nicSelector in CR elsewhere/);
  assert.deepEqual(await specOf("sriovnetworknodepolicy", "first"), nodePolicy("first", mine.first).spec);
});

test("while the webhook is away no policy is made, changed or taken away; with it back destroy takes all of them", async () => {
  await webhook.stop();
  const spare = nodePolicy("spare", args({ nic: { model: "intel", interfaces: ["ens1f1"] } }));
  assert.match(await said(spare), /failed calling webhook "operator-webhook\.sriovnetwork\.openshift\.io"/);
  webhook = await startWebhook(cluster);
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  const left = await cluster.kubectl("get", "sriovnetworknodepolicies,sriovnetworkpoolconfigs", "-A", "-o", "name");
  assert.equal(left.out.trim(), "", left.err);
});
