import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { controlPlaneOff, controlPlaneOn } from "../../components/lab/control-plane/power";
import { poll } from "../../components/lab/poll";
import { runningRecord } from "../../components/lab/state";
import { type Cluster, clusterSpec, kubectlOf, startCluster } from "./cluster";

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
});

after(() => cluster.stop());

test("a control plane answers its operator, and makes what a cluster begins with", async () => {
  const ready = await cluster.kubectl("get", "--raw", "/readyz");
  assert.equal(ready.out.trim(), "ok", ready.err);
  const version = JSON.parse((await cluster.kubectl("version", "-o", "json")).out) as {
    serverVersion: { gitVersion: string };
  };
  assert.equal(version.serverVersion.gitVersion, "v1.34.2");
});

test("a controller makes pods of a Deployment, and the scheduler says that there is no node for them", async () => {
  const made = await cluster.kubectl("create", "deployment", "waits", "--image=none:1");
  assert.equal(made.code, 0, made.err);
  await waited("deployment/waits", "jsonpath={.status.unavailableReplicas}=1");
  await waited("pod", "condition=PodScheduled=false", "-l", "app=waits");
  const pods = await cluster.kubectl("get", "pods", "-o", "jsonpath={.items[*].status.conditions[*].message}");
  assert.match(pods.out, /no nodes available to schedule pods/);
});

async function waited(what: string, until: string, ...more: string[]): Promise<void> {
  const done = await cluster.kubectl("wait", what, `--for=${until}`, "--timeout=30s", ...more);
  assert.equal(done.code, 0, done.err);
}

test("a node's own certificate enters as that node, and may not ask for what is not its own", async () => {
  const asNode = kubectlOf(cluster.spec.program, join(cluster.spec.folder, "node-worker.kubeconfig"));
  const local = `https://127.0.0.1:${cluster.spec.ports.api}`; // its kubeconfig has the address by which a guest reaches the server
  const who = await asNode("--server", local, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}");
  assert.equal(who.out, "system:node:worker", who.err);
  const secrets = await asNode("--server", local, "get", "secrets", "-A");
  assert.match(secrets.err, /forbidden/);
});

test("what runs as it is asked to is left alone", async () => {
  const pid = () => runningRecord(join(cluster.spec.folder, "kube-apiserver"))?.pid;
  const before = pid();
  const said: string[] = [];
  await controlPlaneOn(cluster.spec, (line) => said.push(line));
  assert.equal(pid(), before);
  assert.equal(said.length, 1);
});

test("a program that has died is started again, and what the cluster held is there", async () => {
  const running = () => runningRecord(join(cluster.spec.folder, "kube-apiserver"));
  process.kill(running()?.pid ?? 0, "SIGKILL");
  assert.ok(await poll({ limit: 10, every: 0.05 }, () => running() === null));
  await controlPlaneOn(cluster.spec, () => undefined);
  const found = await cluster.kubectl("get", "deployment", "waits", "-o", "name");
  assert.equal(found.out.trim(), "deployment.apps/waits", found.err);
});

test("a port that is taken is told by its number, and nothing of it stays running", async () => {
  const spec = await clusterSpec();
  const taken = createServer().listen(spec.ports.api, "127.0.0.1");
  await assert.rejects(
    controlPlaneOn(spec, () => undefined),
    new RegExp(`^LabError: kube-apiserver ended: .*; port ${spec.ports.api} of 127.0.0.1 is in use; end what uses it$`),
  );
  taken.close();
  await controlPlaneOff(spec.folder, () => undefined);
  assert.equal(existsSync(spec.folder), false);
});

test("another name of the server needs another certificate: all of it starts again with one, and keeps what it held", async () => {
  await controlPlaneOn({ ...cluster.spec, hosts: ["10.0.2.2", "cluster.test"] }, () => undefined);
  const server = new X509Certificate(readFileSync(join(cluster.spec.folder, "certificates", "server.crt")));
  assert.match(server.subjectAltName ?? "", /cluster\.test/);
  const found = await cluster.kubectl("get", "deployment", "waits", "-o", "name");
  assert.equal(found.out.trim(), "deployment.apps/waits", found.err);
});
