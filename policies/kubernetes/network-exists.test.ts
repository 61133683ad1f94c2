import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { networkExists as rule } from "./network-exists";
import { made, network, onNetworks, sriovNetwork, workload } from "./stack.fixture";

const node = (networks: string, namespace?: string) =>
  workload("node", { annotations: onNetworks(networks), ...(namespace === undefined ? {} : { namespace }) });

test("a network that the stack makes is there, whoever makes it", async () => {
  const makers: StackResource[] = [
    network("a", "dpdk"),
    network("a"),
    sriovNetwork("a", "sriov-network-operator", { networkNamespace: "dpdk", resourceName: "x" }),
    sriovNetwork("a", "dpdk", { resourceName: "x" }),
    ...[
      "sriovnetwork.openshift.io/v1:SriovIBNetwork",
      "sriovnetwork.openshift.io/v1:OVSNetwork",
      "mellanox.com/v1alpha1:HostDeviceNetwork",
      "mellanox.com/v1alpha1:MacvlanNetwork",
      "mellanox.com/v1alpha1:IPoIBNetwork",
    ].map((kind) =>
      made(kind, "a", { metadata: { name: "a", namespace: "operators" }, spec: { networkNamespace: "dpdk" } }),
    ),
    made("k8s.cni.cncf.io/v1:NetworkAttachmentDefinitionPatch", "a", { metadata: { name: "a", namespace: "dpdk" } }),
    made("k8s.ovn.org/v1:UserDefinedNetwork", "a", { metadata: { name: "a", namespace: "dpdk" } }),
    made("k8s.ovn.org/v1:ClusterUserDefinedNetwork", "a", { metadata: { name: "a" } }),
    made("spiderpool.spidernet.io/v2beta1:SpiderMultusConfig", "a", { metadata: { name: "a", namespace: "dpdk" } }),
    made("operator.openshift.io/v1:Network", "cluster", {
      spec: { additionalNetworks: [{ name: "b" }, { name: "a", namespace: "dpdk" }] },
    }),
    made("helm.sh/v3:Release", "chart", {
      resourceNames: { "Service/v1": ["dpdk/b"], "NetworkAttachmentDefinition.k8s.cni.cncf.io/v1": ["dpdk/a"] },
    }),
  ];
  for (const maker of makers) assert.deepEqual(await judgeStack(rule, [node("a", "dpdk"), maker]), passes, maker.type);
});

test("a network without a namespace is looked for in the pod's, and `default` is where neither names one", async () => {
  assert.deepEqual(await judgeStack(rule, [node("a"), network("a", "default")]), passes);
  assert.deepEqual(await judgeStack(rule, [node("a"), network("a")]), passes);
  assert.deepEqual(await judgeStack(rule, [node("other/a@net1", "dpdk"), network("a", "other")]), passes);
});

test("a pod without networks passes", async () => {
  assert.deepEqual(await judgeStack(rule, [workload("node"), node("", "dpdk"), network("a", "dpdk")]), passes);
});

test("a network that nobody makes is refused, in lists and in JSON, with the ones of that name", async () => {
  const cases: [string, StackResource, RegExp][] = [
    ["b", network("a", "dpdk"), /node: .*\/networks names dpdk\/b, which nobody .* make it here, or name it under/],
    ["a, b", network("a", "dpdk"), /names dpdk\/b/],
    ['[{"name": "b"}]', network("a", "dpdk"), /names dpdk\/b/],
    ["a", network("a", "other"), /names dpdk\/a, which nobody .* the stack makes other\/a: write that/],
    ["default/a", network("a", "dpdk"), /names default\/a, .* the stack makes dpdk\/a/],
    ["a", sriovNetwork("a", "sriov-network-operator", { resourceName: "x" }), /makes sriov-network-operator\/a/],
    [
      "a",
      made("k8s.cni.cncf.io/v1:IPAMClaim", "a", { metadata: { name: "a", namespace: "dpdk" } }),
      /no network at all/,
    ],
  ];
  for (const [networks, other, says] of cases) {
    const { violations, advice } = await judgeStack(rule, [node(networks, "dpdk"), other]);
    assert.equal(violations.length + advice.length, 1, networks);
    assert.match([...violations, ...advice].join(), says);
  }
});

test("a text that Multus cannot read is refused", async () => {
  const { violations } = await judgeStack(rule, [node('[{"name"', "dpdk"), network("a", "dpdk")]);
  assert.match(violations.join(), /is \[\{"name", which is neither/);
});

test("a stack that makes no network at all is warned, for others may make them", async () => {
  const { violations, advice } = await judgeStack(rule, [node("a", "dpdk")]);
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /names dpdk\/a and the stack makes no network at all/);
});

test("a pod without a namespace that names a network of another one is warned", async () => {
  const { violations, advice } = await judgeStack(rule, [node("a"), network("a", "dpdk")]);
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /names a, which is looked for in the pod's namespace, .* the stack makes dpdk\/a/);
  const nowhere = await judgeStack(rule, [node("b"), network("a", "dpdk")]);
  assert.match(nowhere.violations.join(), /names b, which nobody in the stack makes/);
});

test("networks of the settings exist elsewhere", async () => {
  const existing = (...patterns: string[]) =>
    judgeStack(rule, [node("b", "dpdk"), network("a", "dpdk")], { settings: { existing: patterns } });
  assert.deepEqual(await existing("dpdk/b"), passes);
  assert.deepEqual(await existing("other/b", "*/b"), passes);
  assert.equal((await existing("other/b")).violations.length, 1);
  const unsaid = await judgeStack(rule, [node("b"), network("a")], { settings: { existing: ["default/b"] } });
  assert.deepEqual(unsaid, passes);
});

test("a name that is not known yet may be the one, and hides nothing beside it", async () => {
  const later = made("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", "later", {
    metadata: { name: unknown, namespace: "dpdk" },
  });
  const maybe = await judgeStack(rule, [node("b", "dpdk"), later]);
  assert.deepEqual(maybe.violations, []);
  assert.match(maybe.unjudged.join(), /can't be known during preview/);
  assert.deepEqual(await judgeStack(rule, [node("a", "dpdk"), network("a", "dpdk"), later]), passes);
  const beside = await judgeStack(rule, [
    workload("later", { annotations: onNetworks(unknown) }),
    node("b", "dpdk"),
    network("a", "dpdk"),
  ]);
  assert.match(beside.violations.join(), /names dpdk\/b/);
  assert.match(beside.unjudged.join(), /can't be known/);
});

test("patches, and stacks without pods, are left alone", async () => {
  const patch = workload("node", { annotations: onNetworks("b") }, "apps/v1:DeploymentPatch");
  assert.deepEqual((await judgeStack(rule, [patch, network("a")])).notApplicable, ["the stack makes no pod"]);
});
