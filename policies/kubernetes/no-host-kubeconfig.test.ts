import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, pluginPod, podType } from "./dpdk-pod.fixture";
import { noHostKubeconfig as rule } from "./no-host-kubeconfig";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const volumes = (...paths: string[]): Props => ({
  volumes: paths.map((path, at) => ({ name: `v${at}`, hostPath: { path } })),
});
const judged = (...paths: string[]) => judge(rule, podType, dpdkPod({}, volumes(...paths)));
const plugin = (...paths: string[]) => judge(rule, podType, pluginPod({}, volumes(...paths)));

const administrators = [
  "/etc/kubernetes/admin.conf",
  "/etc/kubernetes/super-admin.conf",
  "/etc/kubernetes/controller-manager.conf",
  "/etc/kubernetes/scheduler.conf",
  "/root/.kube",
  "/root/.kube/config",
  "/home/ubuntu/.kube/config",
  "/etc/rancher/k3s/k3s.yaml",
  "/etc/rancher/rke2/rke2.yaml",
  "/var/lib/k0s/pki/admin.conf",
];
const nodes = [
  "/",
  "/etc",
  "/etc/kubernetes/",
  "/etc/kubernetes/kubelet.conf",
  "/etc/kubernetes/pki",
  "/etc/rancher",
  "/root",
  "/var/lib",
  "/var/lib/k0s",
  "/var/lib/kubelet",
  "/var/lib/kubelet/kubeconfig",
  "/var/lib/kubelet/pki/kubelet-client-current.pem",
];

test("folders without keys pass", async () => {
  const paths = ["/var/log", "/home/ubuntu/data", "/var/lib/kubelet/pod-resources", "/root/dpdk"];
  assert.deepEqual(await judged(...paths), passes);
  assert.deepEqual(await judge(rule, podType, dpdkPod()), passes);
  for (const path of ["/etc/kubernetes/cni/net.d", "/etc/kubernetes/node-feature-discovery/features.d"])
    assert.deepEqual(await judged(path), passes, path);
});

test("an administrator's kubeconfig is refused, to infrastructure too", async () => {
  for (const path of administrators) {
    for (const { violations } of [await judged("/var/log", path), await plugin("/var/log", path)]) {
      assert.match(
        violations.join(),
        /volumes\[1\] \(v1\) is hostPath \S+, an administrator's kubeconfig: who gets/,
        path,
      );
      assert.equal(violations.length, 1, path);
    }
  }
});

test("the node's own keys, and what is above them, are refused, and infrastructure may have them", async () => {
  for (const path of nodes) {
    const { violations } = await judged(path);
    assert.match(violations.join(), /volumes\[0\] \(v0\) is hostPath \S+, the node's own keys to the cluster/, path);
  }
  assert.deepEqual(await plugin(...nodes), passes);
});

test("a path that is not known yet does not hide the one beside it", async () => {
  const { violations, unjudged } = await judged(unknown, "/root/.kube");
  assert.match(violations.join(), /hostPath \/root\/\.kube/);
  assert.match(unjudged.join(), /hostPath\.path can't be known during preview/);
});

test("what is no pod is left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
});
