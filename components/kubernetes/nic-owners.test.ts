import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadFleet } from "../fleet/load";
import { type Facts, parseFacts } from "../host/facts";
import { type HostPlan, hostPlan } from "../host/plan";
import { nicOwners, unjudgedLine } from "./nic-owners";
import type { SriovNic, SriovNodePolicyArgs } from "./node-policy-args";

const plan = hostPlan(loadFleet(join(__dirname, "../host/golden/example.fleet.yaml")), "alpha");
const [card] = plan.nics;
assert.ok(card);
const labels = { "node-role.kubernetes.io/validator": "" };
const example = parseFacts(readFileSync(join(__dirname, "../host/facts.example.json"), "utf8"));
const [found] = example.nics;
assert.ok(found);
/** Facts of cards at these addresses with these interfaces. */
const factsOf = (nics: Readonly<Record<string, string | null>>): Facts => ({
  ...example,
  nics: Object.entries(nics).map(([pci, name]) => ({ ...found, pci, interface: name })),
});

const judged = (
  nic: SriovNic,
  more: { facts?: Facts; of?: HostPlan; selector?: Record<string, string>; own?: Record<string, string> } = {},
) => {
  const args: SriovNodePolicyArgs = { resource: "data", nodeSelector: more.selector ?? labels, nic, functions: 1 };
  return nicOwners(more.of ?? plan, [{ name: "sriov", args }], {
    labels: { ...labels, ...more.own },
    facts: more.facts,
  });
};
const nobody = { shared: [], unjudged: [] };
const remedies = { label: "write the label", interface: "write the address", subnet: "leave it to one" };

test("a NIC that both name by its address has two owners", () => {
  assert.deepEqual(judged({ model: "82576", addresses: ["0000:3b:00.0", "0000:01:00.0"] }), {
    shared: [{ policy: "sriov", nic: "data0", pci: "0000:01:00.0" }],
    unjudged: [],
  });
  assert.deepEqual(judged({ model: "82576", addresses: ["0000:3b:00.0"] }), nobody);
});

test("a name beside the address changes nothing: the address is this card's", () => {
  const nic = { model: "82576", interfaces: ["ens1f0"], addresses: ["0000:01:00.0"] } as const;
  assert.equal(judged(nic).shared.length, 1);
  assert.deepEqual(judged({ ...nic, addresses: ["0000:3b:00.0"] }), nobody);
});

test("a NIC that the plan leaves as it is may be the operator's", () => {
  const left = { ...plan, nics: [{ ...card, virtualFunctions: [], settings: { rings: { rx: 4096 } } }] };
  assert.deepEqual(judged({ model: "82576", addresses: ["0000:01:00.0"] }, { of: left }), nobody);
  const bound = { ...plan, nics: [{ ...card, virtualFunctions: [], bind: "vfio-pci" as const }] };
  assert.equal(judged({ model: "82576", addresses: ["0000:01:00.0"] }, { of: bound }).shared.length, 1);
});

test("by its interface a NIC is told where facts give the address", () => {
  const nic = { model: "82576", interfaces: ["enp1s0"] } as const;
  assert.equal(judged(nic, { facts: factsOf({ "0000:01:00.0": "enp1s0" }) }).shared.length, 1);
  assert.deepEqual(judged(nic, { facts: factsOf({ "0000:01:00.0": "enp9s0" }) }), nobody);
  assert.deepEqual(judged(nic, { facts: factsOf({ "0000:01:00.0": null, "0000:03:00.0": "enp1s0" }) }), nobody);
});

test("by its interface without facts, or with those of a bound card, it cannot be told, and that is said with what to do", () => {
  const nic = { model: "82576", interfaces: ["enp1s0"] } as const;
  for (const facts of [undefined, factsOf({ "0000:01:00.0": null })]) {
    const { shared, unjudged } = judged(nic, facts === undefined ? {} : { facts });
    assert.deepEqual(shared, []);
    assert.match(
      unjudged.map((nic) => unjudgedLine("alpha", nic, remedies)).join(),
      /^alpha: whether policy sriov takes data0 \(0000:01:00\.0\) too: it names enp1s0; write the address$/,
    );
  }
});

test("a policy for other nodes, or for another vendor's cards, takes nothing here", () => {
  const nic = { model: "82576", addresses: ["0000:01:00.0"] } as const;
  assert.deepEqual(judged(nic, { selector: { "node-role.kubernetes.io/validator": "no" } }), nobody);
  assert.deepEqual(judged(nic, { selector: { rack: "7" } }), nobody);
  assert.deepEqual(
    judged({ ...nic, model: "mellanox" }, { of: { ...plan, nics: [{ ...card, id: "8086:10c9" }] } }),
    nobody,
  );
  assert.deepEqual(judged({ ...nic, model: "mellanox" }, { facts: factsOf({ "0000:01:00.0": null }) }), nobody);
});

test("a label that the cluster gives by itself may be there", () => {
  const nic = { model: "82576", addresses: ["0000:01:00.0"] } as const;
  const { shared, unjudged } = judged(nic, { selector: { ...labels, "kubernetes.io/hostname": "alpha" } });
  assert.deepEqual(shared, []);
  assert.deepEqual(
    unjudged.map(({ unknown, why }) => [unknown, why]),
    [["label", "the cluster gives kubernetes.io/hostname by itself"]],
  );
  assert.deepEqual(judged(nic, { selector: { rack: "7", "kubernetes.io/hostname": "alpha" } }), nobody);
  const written = { selector: { ...labels, "kubernetes.io/hostname": "alpha" } };
  assert.deepEqual(judged(nic, { ...written, own: { "kubernetes.io/hostname": "beta" } }), nobody);
  assert.equal(judged(nic, { ...written, own: { "kubernetes.io/hostname": "alpha" } }).shared.length, 1);
});

test("interfaces of EC2 are told by their subnet alone, so only a node that binds one is not judged", () => {
  const nic = { model: "ena", subnet: "subnet-0a1b" } as const;
  assert.deepEqual(judged(nic), nobody);
  const ena = { ...plan, nics: [{ ...card, driver: "ena", virtualFunctions: [], bind: "vfio-pci" as const }] };
  assert.equal(judged(nic, { of: ena }).unjudged[0]?.why, "it takes all of subnet-0a1b");
});
