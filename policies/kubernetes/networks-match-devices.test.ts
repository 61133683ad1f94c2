import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { networksMatchDevices as rule } from "./networks-match-devices";
import { devices, made, network, onNetworks, sriovNetwork, workload } from "./stack.fixture";

const [one, other] = ["intel.com/one", "intel.com/other"];
const networks = [
  network("a", "dpdk", one),
  network("b", "dpdk", one),
  network("c", "dpdk", other),
  network("d", "dpdk"),
];
const node = (names: string, amounts: object, spec: object = {}) =>
  workload("node", { namespace: "dpdk", annotations: onNetworks(names), container: devices(amounts), spec });
const judged = (names: string, amounts: object, more: StackResource[] = networks, settings: object = {}) =>
  judgeStack(rule, [node(names, amounts), ...more], { settings });

test("as many devices as networks pass, by resource", async () => {
  const cases: [string, object][] = [
    ["a", { [one]: 1 }],
    ["a, b", { [one]: "2" }],
    ["a, a", { [one]: 2 }],
    ["a, c", { [one]: 1, [other]: 1 }],
    ["d", {}],
    ["d", { "intel.com/elsewhere": 3 }],
    ["", { memory: "1Gi" }],
    ["elsewhere/x, a", { [one]: 2 }],
    ["elsewhere/x, a", { [one]: 1 }],
  ];
  for (const [names, amounts] of cases) assert.deepEqual(await judged(names, amounts), passes, names);
});

test("another number of devices is refused, by resource", async () => {
  const cases: [string, object, RegExp][] = [
    ["a, b", { [one]: 1 }, /node: the pod names 2 of .* intel\.com\/one and asks for 1; .* ask for 2/],
    ["a", {}, /names 1 of .* intel\.com\/one and asks for 0/],
    ["a", { "mellanox.com/one": 1 }, /intel\.com\/one and asks for 0/],
    ["a, c", { [one]: 1 }, /intel\.com\/other and asks for 0/],
    ["a", { [one]: 2 }, /asks for 2 of intel\.com\/one and names 1 of its networks; .* ask for 1, or name 2/],
    ["elsewhere/x, a", { [one]: 3 }, /asks for 3 of intel\.com\/one and names 1/],
    ["d", { [one]: 1 }, /asks for 1 of intel\.com\/one and names 0/],
  ];
  for (const [names, amounts, says] of cases) {
    const { violations } = await judged(names, amounts);
    assert.equal(violations.length, 1, names);
    assert.match(violations.join(), says);
  }
});

test("a device in a pod without any network is only warned of: the program may find it by itself", async () => {
  const { violations, advice } = await judged("", { [one]: 1 });
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /asks for 1 of intel\.com\/one and names 0 of its networks/);
});

test("containers and sidecars are counted together, and an init container where it asks for more", async () => {
  const init = (amount: number, more: object = {}) => ({
    initContainers: [{ name: "i", image: "i", ...devices({ [one]: amount }), ...more }],
  });
  const cases: [string, object, number][] = [
    ["a, b", { containers: [devices({ [one]: 1 }), devices({ [one]: 1 })] }, 0],
    ["a", init(1), 0],
    ["a, b", init(2), 0],
    ["a", init(2), 1],
    ["a, b", init(1, { restartPolicy: "Always" }), 0],
  ];
  for (const [names, spec, mistakes] of cases) {
    const { violations } = await judgeStack(rule, [node(names, { [one]: 1 }, spec), ...networks]);
    assert.equal(violations.length, mistakes, JSON.stringify(spec));
  }
});

test("an operator's network takes the resource with whichever prefix the operator adds", async () => {
  const ofOperator = [sriovNetwork("a", "operators", { networkNamespace: "dpdk", resourceName: "one" })];
  assert.deepEqual(await judged("a", { "openshift.io/one": 1 }, ofOperator), passes);
  assert.match((await judged("a", {}, ofOperator)).violations.join(), /device of one and asks for 0/);
  assert.match((await judged("a, a", { "openshift.io/one": 1 }, ofOperator)).violations.join(), /asks for 1/);
});

test("one resource is one, with and without its prefix, and a network may name none", async () => {
  const unprefixed = sriovNetwork("e", "dpdk", { resourceName: "one" });
  const { violations } = await judged("a, e", {}, [...networks, unprefixed]);
  assert.equal(violations.length, 2);
  for (const message of violations) assert.match(message, /the pod names 2 of the networks/);
  assert.deepEqual(await judged("e", {}, [sriovNetwork("e", "dpdk", { resourceName: "" })]), passes);
});

test("the cluster's first network may take a device too", async () => {
  const first = (amount: number) =>
    workload("node", {
      namespace: "dpdk",
      annotations: { "v1.multus-cni.io/default-network": "dpdk/a" },
      container: devices({ [one]: amount }),
    });
  assert.deepEqual(await judgeStack(rule, [first(1), ...networks]), passes);
  assert.equal((await judgeStack(rule, [first(2), ...networks])).violations.length, 1);
});

test("networks of another namespace are others", async () => {
  assert.deepEqual(await judged("x/a", { [one]: 1 }), passes);
  assert.deepEqual(await judged("x/a", {}), passes);
});

test("the injector writes devices of pods that ask for none, where the settings or the stack show it", async () => {
  const config = (enableInjector: boolean) =>
    made("sriovnetwork.openshift.io/v1:SriovOperatorConfig", "default", { spec: { enableInjector } });
  const openshift = sriovNetwork("z", "openshift-sriov-network-operator", { resourceName: "z" });
  const cases: [StackResource[], object, boolean][] = [
    [[], {}, false],
    [[], { injector: true }, true],
    [[config(true)], {}, true],
    [[config(false), { ...config(true), name: "other" }], {}, true],
    [[made("core/v1:ConfigMap", "z", { metadata: { namespace: "openshift-sriov-network-operator" } })], {}, false],
    [[config(false)], {}, false],
    [[openshift], {}, true],
    [[openshift], { injector: false }, false],
    [[openshift, config(false)], {}, false],
    [[sriovNetwork("z", "operators", { resourceName: "z" })], {}, false],
  ];
  for (const [more, settings, isThere] of cases) {
    const none = await judged("a", {}, [...networks, ...more], settings);
    assert.equal(none.violations.length, isThere ? 0 : 1, JSON.stringify({ more, settings }));
    assert.equal((await judged("a, b", { [one]: 1 }, [...networks, ...more], settings)).violations.length, 1);
  }
});

test("what is not known yet leaves only its own resource unjudged", async () => {
  const later = made("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", "e", {
    metadata: { name: "e", namespace: "dpdk", annotations: unknown },
  });
  const maybe = await judged("a, e", { [one]: 2 }, [...networks, later]);
  assert.deepEqual(maybe.violations, []);
  assert.match(maybe.unjudged.join(), /can't be known during preview/);
  const few = await judged("a, b, e", { [one]: 1 }, [...networks, later]);
  assert.match(few.violations.join(), /names 2 of .* asks for 1/);
  const amount = await judged("a, c", { [one]: unknown, [other]: 2 });
  assert.match(amount.violations.join(), /asks for 2 of intel\.com\/other/);
  assert.equal(amount.unjudged.length, 1);
  const beside = await judgeStack(rule, [node("a", {}), workload("x", { annotations: unknown }), ...networks]);
  assert.equal(beside.violations.length, 1);
  assert.equal(beside.unjudged.length, 1);
});

test("stacks without pods or without networks are left alone", async () => {
  assert.deepEqual((await judgeStack(rule, networks)).notApplicable, ["the stack makes no pod"]);
  assert.deepEqual((await judged("a", {}, [])).notApplicable, ["the stack makes no network"]);
});
