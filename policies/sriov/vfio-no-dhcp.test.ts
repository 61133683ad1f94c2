import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { configMap, definition, made, network, policy } from "./objects.fixture";
import { vfioNoDhcp as rule } from "./vfio-no-dhcp";

const onVfio = made("policy", policy());
const dhcp = made("network", network({ ipam: '{ "type": "dhcp" }' }));
const judged = (...resources: StackResource[]) => judgeStack(rule, resources);

test("other addresses pass, and DHCP where the kernel has the interface, or the resource is another's", async () => {
  for (const ipam of ['{"type":"host-local"}', "", "{}"])
    assert.deepEqual(await judged(onVfio, made("network", network({ ipam }))), passes);
  assert.deepEqual(await judged(made("policy", policy({ deviceType: "netdevice" })), dhcp), passes);
  assert.deepEqual(await judged(made("policy", policy({ resourceName: "other" })), dhcp), passes);
  assert.deepEqual(await judged({ ...onVfio, provider: "east" }, dhcp), passes);
  const anyDriver = { resourceName: "dpdk_nic", selectors: { vendors: ["8086"] } };
  assert.deepEqual(await judged(made("configMap", configMap(anyDriver)), dhcp), passes);
  const kernel = { resourceName: "dpdk_nic", selectors: { drivers: ["vfio-pci", "iavf"] } };
  assert.deepEqual(await judged(made("configMap", configMap(kernel)), dhcp), passes);
});

test("DHCP on what a policy or a pool binds to vfio-pci is refused", async () => {
  const pool = { resourceName: "dpdk_nic", selectors: { drivers: ["vfio-pci"] } };
  const sriov = { type: "sriov", ipam: { type: "dhcp" } };
  const cases: [StackResource, StackResource][] = [
    [onVfio, dhcp],
    [made("configMap", configMap(pool)), dhcp],
    [made("configMap", configMap({ ...pool, selectors: [pool.selectors] })), dhcp],
    [onVfio, made("definition", definition(sriov))],
    [onVfio, made("definition", definition({ plugins: [{ type: "tuning" }, sriov] }))],
  ];
  for (const [offer, net] of cases) {
    const { violations } = await judged(offer, net);
    assert.match(violations.join(), /net-a takes addresses by DHCP.* binds its resource dpdk_nic to vfio-pci/);
  }
  assert.match(
    (await judged(onVfio, cases[4]?.[1] as StackResource)).violations.join(),
    /ipam of spec.config plugins\[1\]/,
  );
});

test("an offer that is not known yet is left to the update, and hides no other", async () => {
  const later = made("policy", policy({ deviceType: unknown }), "later");
  assert.match((await judged(later, dhcp)).unjudged.join(), /can't be known during preview/);
  assert.equal((await judged(later, onVfio, dhcp)).violations.length, 1);
  const net = made("network", network({ ipam: unknown }), "later");
  const mixed = await judged(onVfio, net, dhcp);
  assert.equal(mixed.violations.length, 1);
  assert.match(mixed.unjudged.join(), /can't be known during preview/);
});

test("a stack without networks, or without offers, is left alone", async () => {
  assert.deepEqual((await judged(onVfio)).notApplicable, ["the stack has no network of SR-IOV"]);
  assert.match((await judged(dhcp)).notApplicable.join(), /no SR-IOV policy and no pool/);
});
