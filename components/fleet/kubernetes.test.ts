import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";
import { unjudgedNics } from "./checks-nic-owners";
import { linesOf, type Path, read, set } from "./fleet.fixture";
import { loadFleet } from "./load";

const file = join(__dirname, "../../stacks/lab-k8s.fleet.yaml");
const plugin: Path = ["kubernetes", "devicePlugins", "sriov"];
const workload: Path = ["kubernetes", "workloads", "validators"];

function lab(...changes: readonly (readonly [path: Path, value: unknown])[]): unknown {
  const values = load(readFileSync(file, "utf8"));
  for (const [path, value] of changes) set(values, path, value);
  return values;
}

function assertLine(line: RegExp, ...changes: readonly (readonly [path: Path, value: unknown])[]): void {
  const lines = linesOf(lab(...changes));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", line);
}

test("a pool that names a NIC has the functions that nodes hand to DPDK", () => {
  const { kubernetes } = read(lab());
  assert.deepEqual(kubernetes?.devicePlugins.get("sriov")?.pools, [
    { resource: "data_plane", addresses: ["0000:01:10.0", "0000:01:10.2"] },
  ]);
});

test("pods and nodes of one network are each other's peers, and so are pods of two workloads", () => {
  const second = {
    nodes: [{ address: "10.78.0.3/24" }],
    nic: { resource: "x/y" },
    hugepages: { size: "2Mi", amount: "128Mi" },
  };
  const { kubernetes, nodes } = read(
    lab([["kubernetes", "workloads", "others"], { ...second, dataPlane: { networkId: "pantheon-lab", port: 31000 } }]),
  );
  const names = (peers: readonly { name: string; address: string; port: number }[] | undefined) =>
    peers?.map(({ name, address, port }) => `${name} ${address}:${port}`);
  assert.deepEqual(names(nodes.find(({ name }) => name === "delta")?.dataPlane?.configToml.peers), [
    "validators-0 10.78.0.1:30900",
    "others-0 10.78.0.3:31000",
  ]);
  assert.deepEqual(names(kubernetes?.workloads.get("validators")?.dataPlane.peers), [
    "delta 10.78.0.2:30900",
    "others-0 10.78.0.3:31000",
  ]);
});

test("a pod of another network is nobody's peer", () => {
  const { kubernetes, nodes } = read(lab([[...workload, "dataPlane", "networkId"], "another"]));
  assert.deepEqual(nodes.find(({ name }) => name === "delta")?.dataPlane?.configToml.peers, []);
  assert.deepEqual(kubernetes?.workloads.get("validators")?.dataPlane.peers, []);
});

test("a pod's address is nobody else's, and a node reaches it", () => {
  const taken =
    /kubernetes\.workloads\.validators\.nodes\[0\]\.address: found "10\.78\.0\.2\/24"; is the address of node delta/;
  assertLine(taken, [[...workload, "nodes"], [{ address: "10.78.0.2/24" }]]);
  const second = [{ address: "10.78.0.1/24" }, { address: "10.78.0.1/24" }];
  assertLine(/nodes\[1\]\.address: found .*; is the address of pod 0 of validators/, [[...workload, "nodes"], second]);
  const far = /nodes\.delta\.dataPlane\.network: found "10\.79\.0\.1"; .*is not within listen_prefix 24/;
  const prefix: Path = ["nodes", "delta", "dataPlane", "network", "prefix"];
  assertLine(far, [prefix, 24], [[...workload, "nodes"], [{ address: "10.79.0.1/24" }]]);
});

test("the provider and its section go together", () => {
  const alone = /provider: found "bare-metal"; provider: kubernetes and the section kubernetes go together; write both/;
  assertLine(alone, [["provider"], undefined]);
  const lines = linesOf(lab([["kubernetes"], undefined]));
  assert.match(lines.join("\n"), /provider: found "kubernetes"; provider: kubernetes and the section/);
});

test("a worker joins the lab's cluster, which needs one", () => {
  assertLine(/kubernetes\.cluster: found "lab"; no machine joins it; write worker: true/, [
    ["machines", "gamma", "worker"],
    false,
  ]);
  const elsewhere = lab([["kubernetes", "cluster"], { context: "validators" }]);
  assert.deepEqual(linesOf(elsewhere), [
    "test.fleet.yaml: machines.gamma.worker: found true; a worker joins the lab's cluster; write kubernetes: { cluster: lab }, or leave it out",
    "test.fleet.yaml: kubernetes.devicePlugins.sriov.image: is missing; the plugin's image with its digest, which only the lab builds for itself",
  ]);
});

test("a pool has either addresses or a NIC, and a NIC that nodes hand functions of to DPDK", () => {
  const pool = (value: object): readonly [Path, unknown] => [
    [...plugin, "pools"],
    [{ resource: "data_plane", ...value }],
  ];
  assertLine(
    /pools\[0\]\.nic: found "data0"; a pool has either addresses or nic/,
    pool({ nic: "data0", addresses: ["0000:01:10.0"] }),
  );
  assertLine(/pools\[0\]\.nic: .*a pool has either addresses or nic/, pool({}));
  assertLine(
    /pools\[0\]\.nic: found "data"; no node hands functions of it to DPDK; did you mean "?data0/,
    pool({ nic: "data" }),
  );
});

test("an open selector and a resource that makes no variable are refused", () => {
  assertLine(/sriov\.nodeSelector: .*an empty selector is every node/, [[...plugin, "nodeSelector"], {}]);
  assertLine(/resource: found "data-plane"; must be letters, digits and _/, [
    [...plugin, "pools", 0, "resource"],
    "data-plane",
  ]);
  assertLine(/hugepages\.size: found "4Mi"/, [[...workload, "hugepages", "size"], "4Mi"]);
});

const labelled = (labels: object): readonly [Path, unknown] => [["nodes", "gamma", "kubelet", "labels"], labels];
const validators = { "node-role.kubernetes.io/validator": "" };
const policyOf = (nic: object, nodeSelector: object = validators): readonly [Path, unknown] => [
  ["kubernetes", "policies", "data-plane"],
  { resource: "data_plane", functions: 2, nodeSelector, nic: { model: "82576", ...nic } },
];

test("a NIC that a worker's plan cuts into functions is not a policy's of the operator too", () => {
  const line =
    /kubernetes\.policies\.data-plane\.nic: found "0000:01:00\.0"; is gamma\.data0, which nodes\.gamma\.nics hands to DPDK; take it out/;
  assertLine(line, policyOf({ addresses: ["0000:01:00.0"] }), labelled(validators));
});

test("a policy for other cards, for other labels, or for a node that is no worker takes nothing of it", () => {
  assert.deepEqual(linesOf(lab(policyOf({ addresses: ["0000:02:00.0"] }), labelled(validators))), []);
  assert.deepEqual(linesOf(lab(policyOf({ addresses: ["0000:01:00.0"] }, { rack: "7" }), labelled(validators))), []);
  assert.deepEqual(linesOf(lab(policyOf({ addresses: ["0000:01:00.0"] }), labelled({ rack: "7" }))), []);
});

test("a policy that names an interface alone, and a label that only the cluster knows, are told as not judged", () => {
  const linesFor = (...changes: readonly (readonly [Path, unknown])[]) => unjudgedNics(read(lab(...changes)));
  assert.deepEqual(linesFor(policyOf({ interfaces: ["enp1s0"] }), labelled(validators)), [
    "gamma: whether policy data-plane takes data0 (0000:01:00.0) too: it names enp1s0; write nic.addresses into the policy",
  ]);
  const hostname = policyOf({ addresses: ["0000:01:00.0"] }, { "kubernetes.io/hostname": "gamma" });
  assert.match(
    linesFor(hostname).join(),
    /gives kubernetes\.io\/hostname by itself; write it into nodes\.gamma\.kubelet\./,
  );
  assert.deepEqual(linesFor(), []);
});

test("the example of a cluster that exists is a fleet file: pods of one network without a node of its own", () => {
  const { nodes, kubernetes } = loadFleet(join(__dirname, "../../stacks/kubernetes-production.fleet.yaml"));
  assert.deepEqual(nodes, []);
  assert.deepEqual([...(kubernetes?.workloads.keys() ?? [])], ["validators"]);
});
