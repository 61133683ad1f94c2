import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { loadFleet } from "../fleet/load";
import { type HostPlan, hostPlan } from "../host/plan";
import { KubernetesError } from "./errors";
import { NodeSetup, type NodeSetupArgs } from "./node-setup";

interface Made {
  type: string;
  name: string;
  inputs: { create?: string; stdin?: string };
}

let made: Made[] = [];
before(async () => {
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      return { id: name, state: { ...inputs, stdout: '{"node":"alpha"}' } };
    },
  });
  // A host has hooks, which Pulumi's mocks do not know (runtime/mocks.ts); what they do, test/engine shows.
  const taken = (_hook: unknown, answer: (error: null) => void) => answer(null);
  Object.assign(getMonitor() ?? {}, { registerErrorHook: taken, registerResourceHook: taken });
});
after(() => pulumi.runtime.disconnect());
beforeEach(() => {
  made = [];
});

const plan = hostPlan(loadFleet(join(__dirname, "../host/golden/example.fleet.yaml")), "alpha");
const kubelet = { numaNodes: ["0-1", "2-3"], systemMemory: "128Mi", kubeMemory: "128Mi" };
const args = (changes: Partial<NodeSetupArgs> = {}): NodeSetupArgs => ({
  plan,
  kubelet,
  labels: { "node-role.kubernetes.io/validator": "" },
  connection: { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", sudo: false },
  ...changes,
});
const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

test("a worker is a DpdkHost whose plan says what its kubelet is told", async () => {
  const worker = new NodeSetup("worker-1", args());
  assert.equal(await value(worker.report), '{"node":"alpha"}');
  assert.deepEqual(
    made.map(({ type, name }) => [type, name]),
    [
      ["dpdk-fleet:kubernetes:NodeSetup", "worker-1"],
      ["dpdk-fleet:host:DpdkHost", "worker-1"],
      ["command:remote:CopyToRemote", "worker-1-upload"],
      ["command:remote:Command", "worker-1-enrol"],
      ["command:local:Command", "worker-1-converge"],
    ],
  );
  const told = (JSON.parse(made.at(-1)?.inputs.stdin ?? "{}") as HostPlan).kubelet;
  assert.deepEqual(
    [told?.service, told?.file],
    ["kubelet.service", "/etc/kubernetes/kubelet.conf.d/60-dpdk-fleet.conf"],
  );
  const { reservedSystemCPUs, reservedMemory } = JSON.parse(told?.content ?? "{}");
  assert.equal(reservedSystemCPUs, "0-1");
  assert.deepEqual(reservedMemory, [{ numaNode: 0, limits: { memory: `${(128 + 128 + 100) * 1024}Ki` } }]);
});

test("a plan that has its kubelet from the fleet file goes as it is", async () => {
  const own = {
    service: "kubelet.service",
    file: "/etc/k/60-dpdk-fleet.conf",
    content: "{}\n",
    stateFolder: "/var/lib/kubelet",
  };
  const { kubelet: _, ...bare } = args({ plan: { ...plan, kubelet: own } });
  const worker = new NodeSetup("worker-1", bare);
  await value(worker.report);
  assert.deepEqual((JSON.parse(made.at(-1)?.inputs.stdin ?? "{}") as HostPlan).kubelet, own);
});

const addressed = { model: "82576", addresses: ["0000:01:00.0"] } as const;
const policy = (nic: { model: "82576"; interfaces?: string[]; addresses?: readonly string[] }) => ({
  name: "sriov",
  args: { resource: "data", nodeSelector: { "node-role.kubernetes.io/validator": "" }, nic, functions: 2 },
});

test("a NIC that the operator takes too is refused before anything is made", () => {
  assert.throws(
    () => new NodeSetup("worker-1", args({ policies: [policy(addressed)] })),
    /worker-1: data0 \(0000:01:00\.0\) is the host plan's, and policy sriov takes it too; take the NIC out of the plan's nics/,
  );
  assert.ok(made.every(({ type }) => !type.startsWith("command:")));
});

test("what cannot be judged is told, and refuses nothing", async () => {
  const worker = new NodeSetup("worker-1", args({ policies: [policy({ model: "82576", interfaces: ["enp1s0"] })] }));
  await value(worker.report);
  assert.equal(worker.unjudged.length, 1);
  assert.deepEqual(new NodeSetup("worker-2", args()).unjudged, []);
});

const service = { runtime: "native" } as unknown as NonNullable<HostPlan["service"]>;
const wrong: readonly (readonly [string, Partial<NodeSetupArgs>, RegExp])[] = [
  [
    "a service",
    { plan: { ...plan, service } },
    /the plan has a service; take it out: a worker's data plane is a DpdkWorkload/,
  ],
  [
    "two kubelets",
    { plan: { ...plan, kubelet: { service: "a.service", file: "/a/b.conf", content: "", stateFolder: "/c" } } },
    /the plan has a kubelet already/,
  ],
  ["one NUMA node too few", { kubelet: { ...kubelet, numaNodes: ["0-3"] } }, /numaNodes has 1, the plan 2/],
  ["no room", { kubelet: { ...kubelet, systemMemory: "2Gi" } }, /numaNodes\[0\] has 1536000Ki with 262144Ki hugepages/],
];
for (const [what, changes, says] of wrong)
  test(`${what} is refused with what to do`, () => {
    assert.throws(
      () => new NodeSetup("worker-1", args(changes)),
      (error) => error instanceof KubernetesError && says.test(error.message),
    );
  });

test("a worker of which nothing says what its kubelet is told is refused", () => {
  const { kubelet: _, ...bare } = args();
  assert.throws(() => new NodeSetup("worker-1", bare), /nothing says what its kubelet is told; give kubelet here/);
});
