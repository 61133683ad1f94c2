import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { configMap, policy, types } from "./objects.fixture";
import { physicalFunctionKept as rule } from "./physical-function-kept";

const pool = (selectors: object, more: object = {}) => configMap({ resourceName: "nic", selectors, ...more } as never);
const judged = (props: ReturnType<typeof configMap>) => judge(rule, types.configMap, props);
const physical = { vendors: ["8086"], devices: ["154c", "1572"], drivers: ["vfio-pci"] };

test("virtual functions pass, and so does a physical one on the kernel's driver", async () => {
  const right = [
    { vendors: ["8086"], devices: ["154c"], drivers: ["vfio-pci"] },
    { vendors: ["8086"], devices: ["1572"], drivers: ["i40e"] },
    { devices: ["1572"] },
    { devices: ["154c"], drivers: ["vfio-pci"] },
    { vendors: ["15b3"], devices: ["1572"], drivers: ["vfio-pci"] },
    { vendors: ["1d0f"], devices: ["ec20"], drivers: ["vfio-pci"] },
    { pciAddresses: ["0000:81:00.0"], drivers: ["vfio-pci"] },
  ];
  for (const selectors of right) assert.deepEqual(await judged(pool(selectors)), passes, JSON.stringify(selectors));
  assert.deepEqual(await judged(pool(physical, { deviceType: "accelerator" })), passes);
});

test("a pool that takes a physical function for user space is refused by its id", async () => {
  const wrong = [
    physical,
    { devices: ["1572"], drivers: ["igb_uio"] },
    { devices: ["1572"], vendors: ["15b3", "8086"], drivers: ["vfio-pci", "i40e"] },
    { devices: ["101D"], vendors: ["15B3"], drivers: ["uio_pci_generic"] },
    [{ drivers: ["iavf"] }, physical],
  ];
  for (const selectors of wrong)
    assert.equal((await judged(pool(selectors))).violations.length, 1, JSON.stringify(selectors));
  assert.match(
    (await judged(pool(physical))).violations.join(),
    /resourceList\[0\] \(nic\) takes device 1572 on a driver/,
  );
});

test("an address that another pool takes its virtual functions from is refused", async () => {
  const roots = { resourceName: "vf", selectors: { rootDevices: ["0000:81:00.0#0-3"] } };
  const whole = { resourceName: "pf", selectors: { pciAddresses: ["0000:81:00.0"], drivers: ["vfio-pci"] } };
  const kernel = { resourceName: "pf", selectors: { pciAddresses: ["0000:81:00.0"], drivers: ["ice"] } };
  assert.match((await judged(configMap(roots, whole))).violations.join(), /\(pf\) takes 0000:81:00.0 on a driver/);
  assert.deepEqual(await judged(configMap(roots, kernel)), passes);
  const small = { resourceName: "vf", selectors: { rootDevices: ["0000:c1:00.0"] } };
  const capital = { resourceName: "pf", selectors: { pciAddresses: ["0000:C1:00.0"], drivers: ["vfio-pci"] } };
  assert.equal((await judged(configMap(small, capital))).violations.length, 1);
});

test("an id that nodes were given as a whole is allowed by the setting", async () => {
  for (const [id, allowed] of [
    ["101d", "101D"],
    ["101D", "101d"],
  ]) {
    const selectors = { devices: [id], drivers: ["vfio-pci"] };
    const settings = { passedThrough: [allowed] };
    assert.deepEqual(await judge(rule, types.configMap, pool(selectors), { settings }), passes);
  }
  const settings = { passedThrough: ["1572"] };
  assert.deepEqual(await judge(rule, types.configMap, pool(physical), { settings }), passes);
  assert.equal(
    (await judge(rule, types.configMap, pool(physical), { settings: { passedThrough: ["158b"] } })).violations.length,
    1,
  );
});

test("a policy of no virtual functions on vfio-pci is refused, and of any that are made is not", async () => {
  const wrong = await judge(rule, types.policy, policy({ numVfs: 0 }));
  assert.match(wrong.violations.join(), /numVfs is 0 and deviceType is vfio-pci/);
  for (const spec of [{ numVfs: 1 }, { numVfs: 0, deviceType: "netdevice" }, { numVfs: 0, externallyManaged: true }])
    assert.deepEqual(await judge(rule, types.policy, policy(spec)), passes, JSON.stringify(spec));
});

test("what is not known yet is left to the update", async () => {
  assert.match((await judge(rule, types.policy, policy({ numVfs: unknown }))).unjudged.join(), /can't be known/);
  const later = { metadata: { name: "sriovdp-config" }, data: { "config.json": unknown } };
  assert.match((await judge(rule, types.configMap, later)).unjudged.join(), /can't be known/);
});

test("other resources are left alone", async () => {
  assert.match((await judge(rule, types.network, {})).notApplicable.join(), /no configuration of the device plugin/);
});
