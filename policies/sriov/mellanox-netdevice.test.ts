import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { mellanoxNetdevice as rule } from "./mellanox-netdevice";
import { configMap, definition, made, network, pod, policy } from "./objects.fixture";

const mellanox = { nicSelector: { vendor: "15b3", pfNames: ["eno1"] } };
const onVfio = made("policy", policy(mellanox));
const limits = { "openshift.io/dpdk_nic": 1 };
const taker = made("pod", pod({ containers: [{ name: "node", resources: { limits } }] }));
const networksKey = "k8s.v1.cni.cncf.io/networks";
const judged = (...resources: StackResource[]) => judgeStack(rule, resources);

test("the kernel's driver passes, and so does vfio-pci for another vendor", async () => {
  assert.deepEqual(
    await judged(made("policy", policy({ ...mellanox, deviceType: "netdevice", isRdma: true })), taker),
    passes,
  );
  assert.deepEqual(await judged(made("policy", policy()), taker), passes);
  const byDevice = made("policy", policy({ nicSelector: { deviceID: "1572" } }));
  assert.deepEqual(await judged(byDevice, taker), passes);
  assert.deepEqual(await judged(made("policy", policy({ nicSelector: { pfNames: ["eno1"] } })), taker), passes);
});

test("what a pod takes is refused, by request, by network and by definition", async () => {
  const named = (networks: string) => made("pod", pod({}, { [networksKey]: networks }));
  const net = made("network", network());
  const takers = [
    [taker],
    [net, named("net-a")],
    [net, named("other, validators/net-a@net1")],
    [net, named(JSON.stringify([{ name: "net-a", namespace: "validators" }]))],
    [made("definition", definition({ type: "sriov" })), named(JSON.stringify([{ name: "net-a" }]))],
    [net, made("pod", { ...named("net-a").props, metadata: { annotations: { [networksKey]: "net-a" } } })],
    [net, named(JSON.stringify([{ name: "net-a", namespace: "" }]))],
    [made("network", network({ networkNamespace: "" }, { namespace: "" })), named("net-a")],
    [made("network", network({ networkNamespace: null }, { namespace: "validators" })), named("net-a")],
  ];
  for (const resources of takers) {
    const { violations } = await judged(onVfio, ...resources);
    assert.match(violations.join(), /policy-a binds dpdk_nic, of vendor 15b3, to vfio-pci, and Pod pod takes it/);
  }
});

test("vendor, device and a pool of the device plugin tell what is Mellanox", async () => {
  const pool = { resourceName: "dpdk_nic", selectors: { vendors: ["15b3"], drivers: ["vfio-pci"] } };
  assert.equal((await judged(made("configMap", configMap(pool)), taker)).violations.length, 1);
  const byDevice = made("policy", policy({ nicSelector: { deviceID: "101d" } }));
  assert.equal((await judged(byDevice, taker)).violations.length, 1);
  const mixed = { resourceName: "dpdk_nic", selectors: { vendors: ["15b3", "8086"], drivers: ["vfio-pci"] } };
  assert.deepEqual(await judged(made("configMap", configMap(mixed)), taker), passes);
  const byId = { resourceName: "dpdk_nic", selectors: { devices: ["101d"], drivers: ["vfio-pci"] } };
  assert.equal((await judged(made("configMap", configMap(byId)), taker)).violations.length, 1);
  const capital = { resourceName: "dpdk_nic", selectors: { vendors: ["15B3"], drivers: ["vfio-pci"] } };
  assert.equal((await judged(made("configMap", configMap(capital)), taker)).violations.length, 1);
  const twoIds = { resourceName: "dpdk_nic", selectors: { devices: ["101d", "1572"], drivers: ["vfio-pci"] } };
  assert.deepEqual(await judged(made("configMap", configMap(twoIds)), taker), passes);
  const both = { resourceName: "dpdk_nic", selectors: { vendors: ["15b3"], drivers: ["vfio-pci", "mlx5_core"] } };
  assert.deepEqual(await judged(made("configMap", configMap(both)), taker), passes);
});

test("a pod of another cluster takes nothing here", async () => {
  const elsewhere = { ...taker, provider: "east" };
  assert.equal((await judged(onVfio, elsewhere)).advice.length, 1);
  assert.equal((await judged({ ...onVfio, provider: "east" }, elsewhere)).violations.length, 1);
  const net = made("network", network());
  const named = made("pod", pod({}, { [networksKey]: "net-a" }));
  assert.equal((await judged(onVfio, { ...net, provider: "east" }, named)).advice.length, 1);
});

test("where nobody is seen to take it, it is a warning", async () => {
  const other = pod({ containers: [{ name: "node", resources: { limits: { "openshift.io/other": 1 } } }] });
  const elsewhere = made("pod", pod({}, { [networksKey]: "default/net-a" }));
  for (const rest of [[], [made("pod", other)], [made("network", network()), elsewhere]]) {
    const { violations, advice } = await judged(onVfio, ...rest);
    assert.deepEqual(violations, []);
    assert.match(advice.join(), /right for virtual machines alone/);
  }
});

test("virtual machines of the stack, and of the setting, may have it", async () => {
  const machine = { type: "kubernetes:kubevirt.io/v1:VirtualMachine", name: "vm", props: {} };
  assert.deepEqual(await judged(onVfio, machine), passes);
  assert.equal((await judged(onVfio, machine, taker)).violations.length, 1);
  const settings = { virtualMachines: ["dpdk_nic"] };
  assert.deepEqual(await judgeStack(rule, [onVfio, taker], { settings }), passes);
});

test("vfio-pci with isRdma is refused for any vendor", async () => {
  const { violations } = await judged(made("policy", policy({ isRdma: true })));
  assert.match(violations.join(), /deviceType vfio-pci and isRdma true, which exclude each other/);
  assert.deepEqual(await judged(made("policy", policy({ isRdma: true, deviceType: "netdevice" }))), passes);
  assert.deepEqual(await judged(made("policy", policy({ isRdma: false }))), passes);
});

test("a pod, a policy or a network that is not known yet is left to the update, and hides no other", async () => {
  const later = made("pod", pod({ containers: [{ name: "node", resources: unknown }] }), "later");
  assert.match((await judged(onVfio, later)).unjudged.join(), /can't be known/);
  assert.equal((await judged(onVfio, later, taker)).violations.length, 1);
  const named = made("pod", pod({}, { [networksKey]: "net-a" }));
  const nameless = made("network", network({}, { name: unknown }), "later");
  assert.match((await judged(onVfio, nameless, named)).unjudged.join(), /can't be known/);
  assert.equal((await judged(onVfio, nameless, made("network", network()), named)).violations.length, 1);
  const mixed = await judged(made("policy", policy({ deviceType: unknown }), "first"), onVfio, taker);
  assert.equal(mixed.violations.length, 1);
  assert.match(mixed.unjudged.join(), /can't be known/);
});

test("a stack that offers nothing is left alone", async () => {
  assert.match((await judged(taker)).notApplicable.join(), /no SR-IOV policy and no pool/);
});
