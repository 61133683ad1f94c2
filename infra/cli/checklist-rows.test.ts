import assert from "node:assert/strict";
import { test } from "node:test";
import { labFile } from "../../components/fleet/fleet.fixture";
import { loadFleet } from "../../components/fleet/load";
import { facts } from "../../components/fleet/propose.fixture";
import { hostPlan } from "../../components/host/plan";
import { checklistTable } from "./checklist";
import { checklistRows, type Evidence } from "./checklist-rows";
import type { NodeStatus } from "./lab/status";

const plan = hostPlan(loadFleet(labFile), "alpha");
const stage = (state: string, saw: string) => ({ state, saw });

/** What the lab's alpha tells when all is well. */
function status(change: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node: "alpha",
    bootId: "0f8b6ad2",
    reboots: 1,
    kernelArguments: { asked: [], running: [], missing: [] },
    hugepages: [0, 1].map((numaNode) => ({ size: "2M", numaNode, asked: 128, pages: 128, free: 0 })),
    isolated: { asked: "2-3", running: "2-3" },
    nics: [],
    stages: {
      "kernel-arguments": stage("ok", "8 arguments run and are in the default boot entry"),
      "hugepage-mounts": stage("ok", "/mnt/huge"),
      "nic-binding": stage("ok", "data0 vf0 on vfio-pci"),
    },
    dataPlane: null,
    ...change,
  };
}

function evidence(change: Partial<Evidence> = {}): Evidence {
  const found = facts();
  // Polls on NUMA node 1, where the card is: a lab's node that is as it should be.
  const nics = found.nics.map((nic) => ({ ...nic, numaNode: 1 }));
  const all = { facts: { ...found, nics }, plan, status: status(), findings: [], changes: ["nothing to do"] };
  return { ...all, fleetFile: "stacks/lab.fleet.yaml", ...change };
}

const states = (seen: Evidence) => checklistRows(seen).map(({ state }) => state);
const row = (number: number, seen: Evidence) => checklistRows(seen)[number - 1];

test("the rows are the seed's ten, in its order", () => {
  assert.deepEqual(
    checklistRows(evidence()).map(({ item }) => item.split(" ")[0]),
    ["Hardware", "IOMMU", "Hugepages", "CPU", "NICs", "NUMA", "Monitoring", "Backup", "Documentation", "Performance"],
  );
});

test("a node that is well has every row that a node can tell, and what nobody there can know is not known", () => {
  assert.deepEqual(states(evidence()), [
    "not known", // this agent has no stage compatibility
    ...["yes", "yes", "yes", "yes", "yes"],
    "not known",
    ...["yes", "yes"],
    "not known",
  ]);
  for (const { evidence: text } of checklistRows(evidence())) assert.ok(text.length > 10);
});

test("what is not known says which evidence would settle it", () => {
  assert.match(row(7, evidence())?.evidence ?? "", /evidence would be a scrape .* an alert/);
  assert.match(row(10, evidence())?.evidence ?? "", /evidence would be its packet rate under a traffic generator/);
});

test("a node that was never given a plan has no row of the plan's", () => {
  const seen = evidence({ status: "no plan has been asked for on this node yet", changes: ["modules: load vfio-pci"] });
  assert.deepEqual(states(seen), ["no", "yes", "no", "no", "no", "yes", "not known", "yes", "no", "not known"]);
});

test("each row turns with its own evidence", () => {
  const { facts: found } = evidence();
  const short = status().hugepages.map((pool) => ({ ...pool, pages: 100 }));
  const unwritten = { ...status().stages, "kernel-arguments": stage("partial", "not written for good yet") };
  const none = { ...found, limits: { ...found.limits, iommuGroups: 0 } };
  const far = { ...found, nics: found.nics.map((nic) => ({ ...nic, numaNode: 0 })) };
  const untold = { ...found, nics: found.nics.map((nic) => ({ ...nic, numaNode: null })) };
  const shared = { ...found, wayIn: { ...found.wayIn, pci: ["0000:01:00.0"] } };
  const virtual = { ...found, wayIn: { interfaces: ["veth0"], pci: [] } };
  const cases: readonly (readonly [number, Partial<Evidence>, string, RegExp])[] = [
    [1, { status: status({ stages: { compatibility: stage("ok", "82576: igb") } }) }, "yes", /82576/],
    [1, { status: status({ stages: { compatibility: stage("partial", "no AVX2") } }) }, "no", /no AVX2/],
    [2, { facts: none }, "no", /no IOMMU group/],
    [3, { status: status({ hugepages: short }) }, "no", /100 of 128 of 2M on NUMA node 0/],
    [3, { status: status({ stages: unwritten }) }, "no", /at boot: not written for good/],
    [4, { status: status({ isolated: { asked: "2-3", running: "" } }) }, "no", /isolated are none, asked 2-3/],
    [4, { status: status({ stages: unwritten }) }, "no", /not written for good/],
    [5, { status: status({ stages: { "nic-binding": stage("absent", "driver igbvf") } }) }, "no", /igbvf/],
    [5, { plan: { ...plan, nics: [] } }, "no", /hands no NIC to DPDK/],
    [6, { facts: far }, "no", /on NUMA node 0, where no CPU polls/],
    [6, { facts: untold }, "not known", /the firmware does not tell the NUMA node of data0/],
    [6, { plan: { ...plan, hugepages: [] } }, "no", /which has no hugepages/],
    [8, { facts: shared }, "no", /SSH comes over data0, which DPDK uses too/],
    [8, { facts: virtual }, "not known", /veth0, which is no PCI device/],
    [9, { changes: ["a", "b", "c", "d"] }, "no", /up would still change the node: a; b; c; …/],
    [9, { changes: "the node contradicts its plan" }, "no", /is not what the node can be/],
  ];
  for (const [number, change, state, text] of cases) {
    const found = row(number, evidence(change));
    assert.equal(found?.state, state, `${number}: ${found?.evidence}`);
    assert.match(found?.evidence ?? "", text);
  }
});

test("the table has a block a node, and says of a silent one why", () => {
  const table = checklistTable([
    { node: "alpha", rows: checklistRows(evidence()) },
    { node: "beta", error: "no answer within 180 s" },
  ]);
  assert.match(table, /^alpha: 7 of 10\n {2}not known {2}Hardware validated against/);
  assert.match(table, /\n\nbeta: no answer within 180 s$/);
  for (const line of table.split("\n")) assert.ok(line.length <= 130, line);
});
