import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { configMap, network, policy, types } from "./objects.fixture";
import { resourceName as rule } from "./resource-name";

const named = (resourceName: string) => judge(rule, types.policy, policy({ resourceName }));

test("letters, digits and underscores pass", async () => {
  for (const name of ["dpdk_nic", "ensDpdk", "700VF", "a".repeat(63)])
    assert.deepEqual(await named(name), passes, name);
  assert.deepEqual(await judge(rule, types.policyPatch, { spec: { priority: 1 } }), passes);
});

test("a hyphen, a dot, a prefix, 64 letters and nothing are refused", async () => {
  for (const name of ["dpdk-nic", "dpdk.nic", "intel.com/nic", "a".repeat(64), ""])
    assert.equal((await named(name)).violations.length, 1, name);
  assert.match((await named("dpdk-nic")).violations.join(), /spec.resourceName is "dpdk-nic".*: write dpdk_nic$/);
  assert.match((await named("")).violations.join(), /give it a name/);
});

test("networks of each kind and pools of the device plugin are read too", async () => {
  for (const type of [types.network, types.network.replace("Sriov", "SriovIB"), types.network.replace("Sriov", "OVS")])
    assert.equal((await judge(rule, type, network({ resourceName: "a-b" }))).violations.length, 1, type);
  const pools = await judge(rule, types.configMap, configMap({ resourceName: "ok" }, { resourceName: "a-b" }));
  assert.match(pools.violations.join(), /resourceName of config.json resourceList\[1\] \(a-b\)/);
  assert.equal(pools.violations.length, 1);
});

test("a ConfigMap of another name is the device plugin's by its text, and no other", async () => {
  const { data } = configMap({ resourceName: "a-b" });
  const other = await judge(rule, types.configMap, {
    metadata: { name: "x" },
    data: { other: unknown, ...(data as object) },
  });
  assert.equal(other.violations.length, 1);
  const none = await judge(rule, types.configMap, {
    metadata: { name: "x" },
    data: { "config.json": "{}", a: unknown },
  });
  assert.deepEqual(none.notApplicable, ["the resource names no SR-IOV resource"]);
  const later = await judge(rule, types.configMap, { metadata: { name: unknown }, data: { "config.json": unknown } });
  assert.deepEqual(later.notApplicable, ["the resource names no SR-IOV resource"]);
  const odd = { metadata: { name: "x" }, data: { "config.json": '{"resourceList":{}}' } };
  assert.deepEqual(await judge(rule, types.configMap, odd), passes);
});

test("the usual names of the device plugin's ConfigMap tell it where its text is not known yet", async () => {
  for (const name of ["sriovdp-config", "sriov-dp", "sriov-network-dp", "sriov-device-plugin", "sriov-deviceplugin"]) {
    const { unjudged } = await judge(rule, types.configMap, { metadata: { name }, data: { "config.json": unknown } });
    assert.equal(unjudged.length, 1, name);
  }
});

test("a name that is no text is refused", async () => {
  assert.equal((await judge(rule, types.policy, policy({ resourceName: 5 }))).violations.length, 1);
});

test("a name that is not known yet is left to the update, and hides no pool beside it", async () => {
  assert.match((await named(unknown)).unjudged.join(), /can't be known during preview/);
  const { data } = configMap({ resourceName: "a-b" });
  const mixed = await judge(rule, types.configMap, {
    metadata: { name: "sriovdp-config" },
    data: { later: unknown, ...(data as object) },
  });
  assert.equal(mixed.violations.length, 1);
  assert.match(mixed.unjudged.join(), /can't be known during preview/);
});
