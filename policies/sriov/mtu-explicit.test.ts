import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { mtuExplicit as rule } from "./mtu-explicit";
import { configMap, definition, goodPolicy, made, network, policy } from "./objects.fixture";

const judged = (...resources: StackResource[]) => judgeStack(rule, resources);
const { mtu: _, ...bare } = goodPolicy;
const without = (spec: object = {}) =>
  made("policy", { metadata: { name: "policy-a", namespace: "sriov" }, spec: { ...bare, ...spec } as never });
const tuned = made("network", network({ metaPlugins: '{"type":"vrf"}, {"type":"tuning","mtu":9000}' }));
const sriov = made("definition", definition({ type: "sriov" }));

test("a policy with an mtu passes, and one whose networks all have it", async () => {
  assert.deepEqual(await judged(made("policy", policy())), passes);
  assert.deepEqual(await judged(without(), tuned), passes);
  assert.deepEqual(await judged(without(), tuned, made("network", network({ resourceName: "x" }), "other")), passes);
  assert.deepEqual(await judged(without({ externallyManaged: true })), passes);
  assert.deepEqual(await judged(without({ nicSelector: { netFilter: "aws/NetworkID:0a" } })), passes);
});

test("a policy without one is advised against, also where only some of its networks have it", async () => {
  for (const rest of [
    [],
    [tuned, made("network", network(), "other")],
    [made("network", network({ resourceName: "x" }))],
  ]) {
    const { advice, violations } = await judged(without(), ...rest);
    assert.deepEqual(violations, []);
    assert.match(advice.join(), /policy-a has no mtu, so that dpdk_nic has what each NIC had/);
    assert.equal(advice.length, 1);
  }
  assert.equal((await judged(without(), sriov)).advice.length, 1);
});

test("a definition of type sriov without one is advised against, where no policy of the stack makes its resource", async () => {
  assert.match((await judged(sriov)).advice.join(), /net-a has no mtu in any of its plugins/);
  const kernel = made("configMap", configMap({ resourceName: "dpdk_nic", selectors: { drivers: ["iavf"] } }));
  assert.equal((await judged(sriov, kernel)).advice.length, 1);
  assert.equal((await judged(sriov, made("policy", policy({ resourceName: "x" })))).advice.length, 1);
  const onVfio = made("configMap", configMap({ resourceName: "dpdk_nic", selectors: { drivers: ["vfio-pci"] } }));
  assert.deepEqual(await judged(sriov, onVfio), passes);
  assert.deepEqual(await judged(sriov, made("policy", policy())), passes);
  assert.deepEqual(await judged(sriov, made("policy", policy({ deviceType: "netdevice" }))), passes);
  assert.deepEqual(await judged(made("definition", definition({ type: "macvlan" }))), passes);
  const list = { plugins: [{ type: "sriov" }, { type: "tuning", mtu: 9000 }] };
  assert.deepEqual(await judged(made("definition", definition(list))), passes);
});

test("what is in another cluster makes no difference here", async () => {
  assert.equal((await judged(without(), { ...tuned, provider: "east" })).advice.length, 1);
  assert.equal((await judged(sriov, { ...made("policy", policy()), provider: "east" })).advice.length, 1);
});

test("an mtu that is not known yet is left to the update, and hides no other", async () => {
  const { advice, unjudged } = await judged(without({ mtu: unknown }), without());
  assert.equal(advice.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("patches, and a stack of neither, are left alone", async () => {
  const { notApplicable } = await judged(made("policyPatch", { spec: {} }), made("network", network()));
  assert.match(notApplicable.join(), /no SR-IOV policy and no network/);
  const patch = await judged({ ...sriov, type: `${sriov.type}Patch` });
  assert.match(patch.notApplicable.join(), /no SR-IOV policy and no network/);
});
