import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { configMap, made, policy, types } from "./objects.fixture";
import { vfRangesDisjoint as rule } from "./vf-ranges-disjoint";

const judged = (...resources: StackResource[]) => judgeStack(rule, resources);
const taking = (name: string, selector: object, spec: object = {}, metadata: object = {}) =>
  made("policy", policy({ nicSelector: selector as never, ...spec }, { name, ...metadata }), name);
const first = taking("first", { pfNames: ["eno1#0-3"] });

test("ranges of their own pass", async () => {
  assert.deepEqual(await judged(first, taking("b", { pfNames: ["eno1#4-7", "eno2#0-3"] })), passes);
  assert.deepEqual(await judged(first, taking("b", { pfNames: ["eno1#all"] })), passes);
  assert.deepEqual(await judged(first, taking("b", { rootDevices: ["0000:81:00.0"] })), passes);
});

test("ranges that overlap are refused, with both policies and what they take", async () => {
  const { violations } = await judged(first, taking("second", { pfNames: ["eno1#2-5"] }));
  assert.match(violations.join(), /second takes eno1#2-5, of which first takes eno1#0-3/);
  assert.equal((await judged(first, taking("b", { pfNames: ["eno2", "eno1"] }))).violations.length, 1);
  const root = { rootDevices: ["0000:81:00.0"] };
  assert.equal((await judged(taking("a", root), taking("b", root))).violations.length, 1);
  const itself = await judged(taking("a", { pfNames: ["eno1#0-3", "eno1#3-4"] }));
  assert.match(itself.violations.join(), /a takes eno1#3-4, of which itself takes eno1#0-3/);
});

test("two policies of one name are one to the operator, and two without a name are two", async () => {
  const same = { pfNames: ["eno1#0-3"] };
  assert.deepEqual(await judged(taking("a", same), { ...taking("a", same), name: "again" }), passes);
  const nameless = (name: string) => ({ ...taking(name, same, {}, { name: null }), name });
  assert.equal((await judged(nameless("a"), nameless("b"))).violations.length, 1);
});

test("all functions are as many as the policy makes", async () => {
  const four = taking("four", { pfNames: ["eno1"] }, { numVfs: 4 });
  assert.deepEqual(await judged(four, taking("b", { pfNames: ["eno1#4-7"] })), passes);
  assert.equal((await judged(four, taking("b", { pfNames: ["eno1#3-7"] }))).violations.length, 1);
  const later = taking("later", { pfNames: ["eno1"] }, { numVfs: unknown });
  assert.match((await judged(later, first)).unjudged.join(), /can't be known during preview/);
});

test("an address beside one interface has its range, and beside several none", async () => {
  const at = (address: string, pfNames: string[]) => ({ rootDevices: [address], pfNames });
  const [a, b] = ["0000:81:00.0", "0000:c1:00.0"];
  const both = (one: object, other: object) => judged(taking("one", one), taking("two", other));
  assert.deepEqual(await both(at(a, ["eno1#0-3"]), at(a, ["eno1#4-7"])), passes);
  assert.deepEqual(await both(at(a, ["eno1#0-3"]), at(b, ["eno1#0-3"])), passes);
  assert.deepEqual(await both(at(a, ["eno1#0-3", "eno2#0-3"]), { rootDevices: [a] }), passes);
  const clash = await both(at(a, ["eno1#0-3"]), { rootDevices: [a] });
  assert.match(clash.violations.join(), /two takes 0000:81:00.0, of which one takes 0000:81:00.0/);
  assert.equal((await both({ rootDevices: [a] }, at(a, ["eno1#0-3"]))).violations.length, 1);
  const twice = await both(at(a, ["eno1#0-3"]), at(a, ["eno1#2-5"]));
  assert.equal(twice.violations.length, 1);
  assert.match(twice.violations.join(), /two takes eno1#2-5/);
});

test("nodes and NICs that cannot be the same have no clash", async () => {
  const same = { pfNames: ["eno1#0-3"] };
  const apart: [object, object, object?][] = [
    [same, { nodeSelector: { dpdk: "true", rack: "b" } }],
    [{ ...same, vendor: "15b3" }, {}],
    [{ ...same, deviceID: "158b" }, {}],
    [{ ...same, netFilter: "openstack/NetworkID:b" }, {}],
    [same, {}, { namespace: "other" }],
  ];
  const a = taking(
    "a",
    { ...same, vendor: "8086", deviceID: "1572", netFilter: "openstack/NetworkID:a" },
    { nodeSelector: { rack: "a" } },
  );
  for (const [selector, spec, metadata] of apart)
    assert.deepEqual(await judged(a, taking("b", selector, spec, metadata)), passes, JSON.stringify([selector, spec]));
  const other = taking("b", same, { nodeSelector: { row: "b" } });
  assert.equal((await judged(a, other)).violations.length, 1, "two labels may be of one node");
  assert.equal((await judged(a, taking("b", same, { nodeSelector: {} }))).violations.length, 1);
});

test("two clusters, told by their providers, have no clash", async () => {
  const other = taking("other", { pfNames: ["eno1#0-3"] });
  for (const provider of [{}, { provider: "west" }])
    assert.deepEqual(await judged({ ...first, ...provider }, { ...other, provider: "east" }), passes);
  assert.equal((await judged({ ...first, provider: "east" }, { ...other, provider: "east" })).violations.length, 1);
});

test("pools of the device plugin clash where nothing else tells their devices apart", async () => {
  const pool = (resourceName: string, selectors: object) => ({ resourceName, selectors: selectors as never });
  const pools = (...selectors: object[]) =>
    judged(made("configMap", configMap(...selectors.map((each, at) => pool(`p${at}`, each)))));
  const clash = await pools({ pfNames: ["eno1#0,2-7"] }, { pfNames: ["eno1#5-9"], drivers: ["iavf"] });
  assert.match(clash.violations.join(), /\(p1\) takes eno1#5-9, of which .*\(p0\) takes eno1#0,2-7/);
  assert.equal(
    (await pools({ rootDevices: ["0000:81:00.0#0-1"] }, { rootDevices: ["0000:81:00.0#1"] })).violations.length,
    1,
  );
  assert.deepEqual(
    await pools({ pfNames: ["eno1#0-3"], drivers: ["iavf"] }, { pfNames: ["eno1#0-3"], drivers: ["vfio-pci"] }),
    passes,
  );
  assert.deepEqual(await pools({ pfNames: ["eno1#0-3"] }, { pfNames: ["eno1#4-7"] }), passes);
  const drivers = await pools(
    { pfNames: ["eno1#0-3"], drivers: ["iavf", "vfio-pci"] },
    { pfNames: ["eno1#0-3"], drivers: ["vfio-pci", "igb_uio"] },
  );
  assert.equal(drivers.violations.length, 1);
  const rest = await pools({ pfNames: ["eno1#0-3"] }, { pfNames: ["eno1"] });
  assert.deepEqual(rest.violations, [], "the first pool that fits takes a device, and the second has the rest");
});

test("what is not known yet is left to the update, and hides no clash", async () => {
  const later = [
    taking("later", { pfNames: ["eno1#0-3"] }, { nodeSelector: { dpdk: unknown } }),
    taking("later", { pfNames: unknown }),
    taking("later", { pfNames: [unknown, "eno3"] }),
  ];
  for (const one of later) {
    assert.match((await judged(first, one)).unjudged.join(), /can't be known during preview/);
    assert.ok((await judged(first, one, taking("b", { pfNames: ["eno1#0-1"] }))).violations.length > 0);
  }
  const apart = taking("later", { pfNames: ["eno1#0-3"], vendor: "15b3" }, { nodeSelector: { dpdk: unknown } });
  assert.deepEqual(await judged(taking("a", { pfNames: ["eno1"], vendor: "8086" }), apart), passes);
});

test("patches, and a stack that takes no functions, are left alone", async () => {
  assert.deepEqual(await judged(first, { ...first, type: types.policyPatch, name: "patch" }), {
    ...passes,
    notApplicable: [],
  });
  assert.deepEqual((await judged(made("network", {}))).notApplicable, ["the stack takes no virtual functions"]);
});
