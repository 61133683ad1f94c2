import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { networkPolicyCoversNetworks as rule } from "./network-policy-covers-networks";
import { made, onNetworks, workload } from "./stack.fixture";

const labels = { app: "node" };
const node = workload("node", { namespace: "dpdk", labels, annotations: onNetworks("a, other/b") });
const policy = (podSelector: object | string = {}, namespace = "dpdk") =>
  made("networking.k8s.io/v1:NetworkPolicy", "policy", { metadata: { namespace }, spec: { podSelector } });
const multi = (networks: string, podSelector: object = {}) =>
  made("k8s.cni.cncf.io/v1beta1:MultiNetworkPolicy", "multi", {
    metadata: { namespace: "dpdk", annotations: { "k8s.v1.cni.cncf.io/policy-for": networks } },
    spec: { podSelector },
  });
const judged = (...all: StackResource[]) => judgeStack(rule, all);

test("a policy beside pods that it does not select, or that have no other network, passes", async () => {
  assert.deepEqual(await judged(policy({ matchLabels: { app: "web" } }), node), passes);
  assert.deepEqual(await judged(policy({}, "other"), node), passes);
  assert.deepEqual(await judged(policy(), workload("web", { namespace: "dpdk", labels })), passes);
});

test("a policy that selects a pod with other networks is advised against, with their names", async () => {
  for (const selector of [{}, { matchLabels: labels }]) {
    const { advice, violations } = await judged(policy(selector), node);
    assert.match(
      advice.join(),
      /policy: the policy selects Deployment node, and is not applied to its network a, other\/b:/,
    );
    assert.deepEqual(violations, []);
  }
});

test("networks that a MultiNetworkPolicy is for are left out", async () => {
  assert.deepEqual(await judged(policy(), node, multi("a, other/b")), passes);
  assert.match((await judged(policy(), node, multi("a"))).advice.join(), /its network other\/b:/);
  const unselected = multi("a, other/b", { matchLabels: { app: "web" } });
  assert.match((await judged(policy(), node, unselected)).advice.join(), /its network a, other\/b:/);
});

test("a pod whose networks are not known yet does not hide the one beside it", async () => {
  const later = workload("later", { namespace: "dpdk", labels, annotations: onNetworks(unknown) });
  const { advice, unjudged } = await judged(policy(), later, node);
  assert.match(advice.join(), /selects Deployment node/);
  assert.match(unjudged.join(), /can't be known during preview/);
  assert.equal((await judged(policy(unknown), node)).unjudged.length, 1);
});

test("a stack without a policy is left alone", async () => {
  assert.deepEqual((await judged(node)).notApplicable, ["the stack has no NetworkPolicy"]);
});
