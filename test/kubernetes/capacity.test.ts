import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { workloadArgs } from "../../components/kubernetes/workload.fixture";
import type { DpdkWorkloadArgs } from "../../components/kubernetes/workload-args";
import { run } from "../../infra/cli/command";
import { makeStack, type TestStack } from "../engine/stack";
import { type Cluster, startCluster } from "./cluster";

// What a cluster has no room for is told by `up` in one line, before a pod waits: a real API server whose nodes are objects alone.
let cluster: Cluster;
let stack: TestStack;
let kubeconfig: string; // outlives the cluster
const FUNCTION = "openshift.io/data_plane";

before(async () => {
  cluster = await startCluster();
  kubeconfig = readFileSync(cluster.kubeconfig, "utf8");
  stack = await makeStack(join(__dirname, "program"), { kubernetes: true });
});

after(async () => {
  await cluster.stop();
  stack.remove();
});

/** What `up` says of a workload of one pod; empty where there is room. */
async function saidOf(changes: Partial<DpdkWorkloadArgs> = {}): Promise<string> {
  const workload = workloadArgs({ nodes: [{ address: "10.78.0.1/24" }], ...changes });
  const args = { workload, kubeconfig, seconds: 1 };
  stack.configure({ kubeconfig, components: [{ component: "ClusterCheck", name: "validators", args }] });
  const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
  if (code === 0) return "";
  const line = `${out}\n${err}`.split("\n").find((one) => /^ *kubernetes: /.test(one));
  return line?.trim() ?? `no line of ours: ${out}${err}`;
}

async function node(name: string, allocatable: Record<string, string>): Promise<void> {
  const object = { apiVersion: "v1", kind: "Node", metadata: { name } };
  const made = await cluster.kubectlWith(JSON.stringify(object), "apply", "-f", "-");
  assert.equal(made.code, 0, made.err);
  const conditions = [{ type: "Ready", status: "True", reason: "Test", message: "of a test" }];
  const capacity = { cpu: "8", memory: "16Gi", pods: "110", ...allocatable };
  const status = JSON.stringify({ status: { conditions, capacity, allocatable: capacity } });
  const patched = await cluster.kubectl("patch", "node", name, "--subresource=status", "--type=merge", "-p", status);
  assert.equal(patched.code, 0, patched.err);
}

test("a cluster without nodes", async () => {
  assert.equal(
    await saidOf(),
    "kubernetes: validators: the cluster has no nodes; let its workers join, then run this again",
  );
});

test("a resource that no node offers", async () => {
  await node("worker-1", { "hugepages-1Gi": "2Gi" });
  assert.match(
    await saidOf(),
    /^kubernetes: validators: no node offers openshift\.io\/data_plane \(1 asked\); see that a device/,
  );
});

test("hugepages of a size that the node has not", async () => {
  await node("worker-1", { "hugepages-1Gi": "0", "hugepages-2Mi": "1Gi", [FUNCTION]: "1" });
  assert.match(
    await saidOf(),
    /no node offers hugepages-1Gi \(1Gi asked\); worker-1 has 1Gi of 2Mi; set pages of 1Gi aside/,
  );
});

test("there is room, and then others have taken the functions", async () => {
  await node("worker-1", { "hugepages-1Gi": "2Gi", [FUNCTION]: "1" });
  assert.equal(await saidOf(), "");
  const amounts = { cpu: "1", memory: "1Gi", [FUNCTION]: "1" };
  const container = { name: "one", image: "example.com/one", resources: { requests: amounts, limits: amounts } };
  const spec = { nodeName: "worker-1", containers: [container] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "other", namespace: "default" }, spec };
  const made = await cluster.kubectlWith(JSON.stringify(pod), "create", "-f", "-");
  assert.equal(made.code, 0, made.err);
  // Another wish is looked at anew; the same one stands as it was judged.
  assert.match(
    await saidOf({ cpus: 3 }),
    /1 pods need a node each and 0 of 1 nodes have room \(worker-1: openshift\.io\/data_plane: 1 asked, 1 of 1 in use\)/,
  );
});

test("a namespace that is not there, and one whose level forbids the pod", async () => {
  const elsewhere = { namespace: "elsewhere", namespaceExists: true };
  assert.match(
    await saidOf(elsewhere),
    /validators: there is no namespace elsewhere; make it, or leave namespaceExists out/,
  );
  await cluster.kubectl("create", "namespace", "elsewhere");
  await cluster.kubectl("label", "namespace", "elsewhere", "pod-security.kubernetes.io/enforce=baseline");
  assert.match(
    await saidOf({ ...elsewhere, cpus: 4 }),
    /namespace elsewhere has the level baseline, which admits no pod with IPC_LOCK; label it/,
  );
});

test("a cluster that is gone for good: up and destroy say so within a minute, and the stack can still be taken away", async () => {
  const args = workloadArgs({ nodes: [{ address: "10.78.0.1/24" }] });
  stack.configure({ kubeconfig, components: [{ component: "DpdkWorkload", name: "validators", args }] });
  const made = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.equal(made.code, 0, made.out + made.err);
  await cluster.stop();

  const kept = await inAMinute(() => stack.pulumi("destroy", "--yes", "--skip-preview"));
  assert.notEqual(kept.code, 0);
  assert.match(kept.out + kept.err, /PULUMI_K8S_DELETE_UNREACHABLE/);
  const { program, environment } = stack.engine;
  const gone = await inAMinute(() =>
    run(program, ["destroy", "--yes", "--skip-preview", "--stack", "test", "--non-interactive"], {
      environment: { ...environment, PULUMI_K8S_DELETE_UNREACHABLE: "true" },
      folder: join(__dirname, "program"),
      seconds: 120,
    }),
  );
  assert.equal(gone.code, 0, gone.out + gone.err);
  assert.match(await inAMinute(() => saidOf({ cpus: 5 })), /^kubernetes: the cluster does not answer: /);
});

async function inAMinute<T>(work: () => Promise<T>): Promise<T> {
  const begin = process.hrtime.bigint();
  const result = await work();
  assert.ok(Number(process.hrtime.bigint() - begin) / 1e9 < 60, JSON.stringify(result));
  return result;
}
