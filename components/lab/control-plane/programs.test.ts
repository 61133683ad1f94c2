import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "js-yaml";
import { kubeconfig } from "./access";
import { programsOf } from "./programs";

const spec = {
  folder: "/lab/control-plane",
  program: "/cache/kubernetes",
  ports: { etcd: 1, etcdPeers: 2, api: 3, controllerManager: 4, scheduler: 5 },
  hosts: ["10.0.2.2"],
  nodes: ["worker"],
  services: "10.96.0.0/16",
  incarnation: 1,
  limit: 60,
};

test("each program is started after those that it asks", () => {
  const names = programsOf(spec).map(({ name }) => name);
  assert.deepEqual(names, ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]);
});

test("all listen on loopback alone", () => {
  for (const { name, arguments: given, health } of programsOf(spec)) {
    assert.ok(health.url.includes("//127.0.0.1:"), name);
    const listens = given.filter((argument) => /^--(bind-address|listen-\w+-urls)=/.test(argument));
    assert.ok(listens.length > 0 && listens.every((argument) => argument.includes("127.0.0.1")), name);
  }
});

test("the answer of the API server alone is checked with the cluster's authority: it gives out what others are believed by", () => {
  const checked = programsOf(spec).filter(({ health }) => health.isChecked);
  assert.deepEqual(
    checked.map(({ name }) => name),
    ["kube-apiserver"],
  );
});

test("a kubeconfig holds its keys itself", () => {
  const config = load(kubeconfig("https://10.0.2.2:3", "node-worker", (file) => `<${file}>`)) as {
    clusters: { cluster: object }[];
    users: object[];
  };
  assert.deepEqual(config.clusters[0]?.cluster, {
    server: "https://10.0.2.2:3",
    "certificate-authority-data": "<ca.crt>",
  });
  assert.deepEqual(config.users, [
    {
      name: "node-worker",
      user: { "client-certificate-data": "<node-worker.crt>", "client-key-data": "<node-worker.key>" },
    },
  ]);
});
