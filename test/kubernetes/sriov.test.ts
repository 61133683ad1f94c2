import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeStack, type TestStack } from "../engine/stack";
import { type Cluster, startCluster, told } from "./cluster";
import { defineOperator } from "./operator";

// The operator's own custom resource definitions, of its release 1.5.0, on a real API server; the real engine with the policy pack.
let cluster: Cluster;
let stack: TestStack;

before(async () => {
  cluster = await startCluster();
  stack = await makeStack(join(__dirname, "program"), { kubernetes: true });
});

after(async () => {
  await cluster.stop();
  stack.remove();
});

const nodeSelector = { "node-role.kubernetes.io/validator": "" };
const policy = {
  component: "SriovNodePolicy",
  name: "data-plane",
  args: {
    resource: "data_plane",
    functions: 8,
    nodeSelector,
    mtu: 9000,
    nic: { model: "intel", interfaces: ["ens1f0"], addresses: ["0000:3b:00.0"] },
  },
};
const network = { component: "SriovNetwork", name: "data-plane", args: { resource: "data_plane", vlan: 120 } };
const drain = { component: "SriovDrain", name: "validators", args: { nodeSelector } };

function settle(components: readonly object[]): void {
  stack.configure({ kubeconfig: readFileSync(cluster.kubeconfig, "utf8"), components });
}

test("without the operator's definitions up says which is missing, and what was made before it is in the state", async () => {
  settle([policy]);
  const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0);
  assert.match(out + err, /SriovNetworkNodePolicy/);
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
});

test("a policy, its network and the pace of draining are taken by the operator's own schema and by the policies of mainnet", async () => {
  await defineOperator(cluster);
  settle([policy, network, drain]);
  const done = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  assert.doesNotMatch(done.out, /\[mandatory\]/, done.out);
  const made = await cluster.kubectl(
    "get",
    "sriovnetworknodepolicy",
    "data-plane",
    "-n",
    "sriov-network-operator",
    "-o",
    "json",
  );
  const { spec } = JSON.parse(made.out) as { spec: Record<string, unknown> };
  assert.equal(spec.deviceType, "vfio-pci");
  assert.equal(spec.priority, 50);
  const again = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(again.code, 0, again.out + again.err);
});

test("a device plugin offers functions by their addresses, and its pods may be where the kubelet's folder is", async () => {
  const image = `registry.example.com/sriov-network-device-plugin@sha256:${"4".repeat(64)}`;
  const pools = [{ resource: "data_plane", addresses: ["0000:01:10.0", "0000:01:10.2"] }];
  settle([{ component: "DevicePluginPool", name: "sriov", args: { image, nodeSelector, pools } }]);
  const done = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  assert.doesNotMatch(done.out, /\[mandatory\]/, done.out);
  const files = "get configmap -l app.kubernetes.io/instance=sriov -n kube-system -o jsonpath={.items[0].data}";
  assert.match(await told(cluster, ...files.split(" ")), /0000:01:10\.2/);
});

test("destroy takes all of it away", async () => {
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  const left = await cluster.kubectl(
    "get",
    "sriovnetworknodepolicies,sriovnetworks,sriovnetworkpoolconfigs",
    "-A",
    "-o",
    "name",
  );
  assert.equal(left.out.trim(), "");
});
