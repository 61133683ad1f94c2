import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { workloadArgs } from "../../components/kubernetes/workload.fixture";
import type { DpdkWorkloadArgs } from "../../components/kubernetes/workload-args";
import { poll } from "../../components/lab/poll";
import { makeStack, type TestStack } from "../engine/stack";
import { until } from "../lab/until";
import { type Cluster, startCluster, told } from "./cluster";

// The real engine with the policy pack, Pulumi's own provider, and a real API server with its admission: all but nodes.
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

/** The workload, and another one after it. */
const settle = (args: DpdkWorkloadArgs, beside?: DpdkWorkloadArgs) =>
  stack.configure({
    kubeconfig: readFileSync(cluster.kubeconfig, "utf8"),
    components: [
      { component: "DpdkWorkload", name: "validators", args },
      ...(beside === undefined
        ? []
        : [{ component: "DpdkWorkload", name: "beside", args: beside, after: "DpdkWorkload" }]),
    ],
  });
const PEERS = [{ name: "elsewhere", address: "10.78.0.9", port: 30900 }];

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await stack.pulumi(...args);
  assert.equal(code, 0, out + err);
  return out;
}

const FILES = "configmap -l app.kubernetes.io/instance=validators";

function got(what: string, path: string): Promise<string> {
  return told(cluster, "get", ...what.split(" "), "-n", "pantheonchain", "-o", `jsonpath={${path}}`);
}

test("a workload passes the policies of mainnet and the API server, and a second up changes nothing", async () => {
  settle(workloadArgs());
  const out = await done("up", "--yes", "--skip-preview");
  assert.doesNotMatch(out, /\[mandatory\]|\[advisory\]/, out);
  await done("up", "--yes", "--skip-preview", "--expect-no-changes");
  const poded = await cluster.kubectl(
    ..."wait pod validators-0 --for=create -n pantheonchain --timeout=30s".split(" "),
  );
  assert.equal(poded.code, 0, poded.err);
  assert.equal(await got("pod/validators-0", ".status.qosClass"), "Guaranteed");
  assert.match(await got(FILES, ".items[0].data['validators-1\\.toml']"), /listen_address = "10\.78\.0\.2"/);
});

test("the scheduler says which resource no node has", async () => {
  const waits = "wait pod validators-0 --for=condition=PodScheduled=false -n pantheonchain --timeout=30s".split(" ");
  assert.equal((await cluster.kubectl(...waits)).code, 0);
  assert.match(await got("pod/validators-0", ".status.conditions[0].message"), /no nodes available/);
});

test("a preview of another peer shows the file that changes and the pods that come anew, and touches nothing", async () => {
  const before = await got(FILES, ".items[*].metadata.resourceVersion");
  settle(workloadArgs({ dataPlane: { networkId: "pantheon-lab", peers: PEERS } }));
  const out = await done("preview", "--diff");
  assert.match(out, /~ validators-0\.toml: \n +\.\.\.\n[^~]*\+ name = "elsewhere"/); // the lines that change alone
  assert.match(out, /StatefulSet/);
  assert.equal(await got(FILES, ".items[*].metadata.resourceVersion"), before);
});

test("changed files are there before the pods that ask for them, and the old ones go last", async () => {
  const before = await got(FILES, ".items[*].metadata.name");
  settle(workloadArgs({ dataPlane: { networkId: "pantheon-lab", peers: PEERS } }));
  const out = await done("up", "--yes", "--skip-preview");
  const steps = [
    /ConfigMap validators-[0-9a-f]{16} created /,
    /StatefulSet validators updated/,
    /ConfigMap validators-[0-9a-f]{16} deleted /,
  ];
  const places = steps.map((step) => out.search(step));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
    out,
  );
  assert.ok(!places.includes(-1), out);
  const after = await got(FILES, ".items[*].metadata.name");
  assert.match(after, /^validators-[0-9a-f]{16}$/);
  assert.notEqual(after, before);
  assert.equal(await got("statefulset/validators", ".spec.template.spec.volumes[0].configMap.name"), after);
});

test("files that an update has changed before it failed are taken back by the next one, and the pods' are there", async () => {
  const before = await got(FILES, ".items[*].metadata.name");
  const refused = { namespaceExists: true, nodeSelector: { "no label": "" } };
  settle(workloadArgs({ dataPlane: { networkId: "pantheon-other" } }), workloadArgs(refused));
  const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0, out);
  assert.match(out + err, /nodeSelector: Invalid value/);
  assert.equal((await got(FILES, ".items[*].metadata.name")).split(" ").length, 2);
  settle(workloadArgs({ dataPlane: { networkId: "pantheon-lab", peers: PEERS } }));
  await done("up", "--yes", "--skip-preview");
  assert.equal(await got("statefulset/validators", ".spec.template.spec.volumes[0].configMap.name"), before);
  assert.equal(await got(FILES, ".items[*].metadata.name"), before);
});

test("pods in a namespace of somebody else's are waited for, when they start and when they end", async () => {
  const rollout = { kubeconfig: readFileSync(cluster.kubeconfig, "utf8") };
  const guest = { namespaceExists: true, rollout, progressDeadlineSeconds: 1 };
  const settled = workloadArgs({ dataPlane: { networkId: "pantheon-lab", peers: PEERS } });
  settle(settled, workloadArgs(guest));
  const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0, out);
  const line =
    /beside: no other pod was ready within 1 s: 0 of 2 pods are rolled out; beside-0: no nodes available to schedule pods; free/;
  assert.match(out + err, line);
  const finalizers = (all: string[]) =>
    told(
      cluster,
      ..."patch pod beside-0 -n pantheonchain --type=merge -p".split(" "),
      JSON.stringify({ metadata: { finalizers: all } }),
    );
  await finalizers(["example.com/not-yet"]);
  settle(settled);
  let isOver = false;
  const removed = done("up", "--yes", "--skip-preview").finally(() => {
    isOver = true;
  });
  const left = () => told(cluster, ..."get statefulset,service -n pantheonchain -o name".split(" "));
  await until("all but a pod is deleted", 60, async () => !(await left()).includes("service/beside"));
  assert.equal(await poll({ limit: 3, every: 0.2 }, () => isOver), false);
  await finalizers([]);
  await removed;
});

test("a namespace of a stricter level refuses the pod, which is why the workload has one of its own", async () => {
  const made = await cluster.kubectl("create", "namespace", "strict");
  assert.equal(made.code, 0, made.err);
  await cluster.kubectl("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=baseline");
  const pod = await cluster.kubectl("get", "pod", "validators-0", "-n", "pantheonchain", "-o", "json");
  const { spec } = JSON.parse(pod.out) as { spec: object };
  const copy = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "copy", namespace: "strict" },
    spec: { ...spec, nodeName: undefined },
  };
  const refused = await cluster.kubectlWith(JSON.stringify(copy), "create", "--dry-run=server", "-f", "-");
  assert.match(refused.err, /violates PodSecurity "baseline:latest": non-default capabilities .*IPC_LOCK/);
});

test("the seed's own pod is refused by the API server for its hugepages", async () => {
  const seed = readFileSync(join(__dirname, "seed-pod.yaml"), "utf8");
  const refused = await cluster.kubectlWith(seed, "create", "--dry-run=server", "-f", "-");
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /must be set for non overcommitable resources/i);
  assert.match(refused.err, /HugePages require cpu or memory/);
});

test("a workload that could not run is refused before anything is made", async () => {
  settle(workloadArgs({ cpus: 1 }));
  const { code, out, err } = await stack.pulumi("preview");
  assert.notEqual(code, 0);
  assert.match(out + err, /validators: cpus is 1; write 2 whole CPUs at least/);
});

test("destroy takes all of it away", async () => {
  settle(workloadArgs());
  await done("destroy", "--yes", "--skip-preview");
  const left = await cluster.kubectl("get", "namespace", "pantheonchain", "--ignore-not-found", "-o", "name");
  assert.equal(left.out.trim(), "", left.err);
});
