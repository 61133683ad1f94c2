import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadFleet } from "../fleet/load";
import { type HostPlan, hostPlan } from "./plan";
import { hostPlanSchema } from "./plan-schema";
import { planText } from "./plan-text";

const lab = loadFleet(join(__dirname, "../../stacks/lab.fleet.yaml"));
const corrected = loadFleet(join(__dirname, "golden/corrected.fleet.yaml"));

test("the lab's nodes differ only in name and addresses", () => {
  const [alpha, beta] = [hostPlan(lab, "alpha"), hostPlan(lab, "beta")];
  assert.deepEqual(beta.kernel, alpha.kernel);
  // Each is the other's peer, so their config.toml has the other one's name and addresses.
  const own = (plan: HostPlan) =>
    JSON.stringify(plan.files).replaceAll(/"?(alpha|beta)|10\.78\.0\.\d|52:54[0-9a-f:]+/g, "X");
  assert.equal(own(beta), own(alpha));
  assert.deepEqual(
    beta.nics.flatMap((nic) => [nic.mac, ...nic.virtualFunctions.map(({ mac }) => mac)]),
    ["52:54:00:d0:00:02", "52:54:00:d1:00:02", "52:54:00:d1:01:02"],
  );
});

test("a card that is bound as a whole says so and has no functions", () => {
  const [nic] = hostPlan(corrected, "validator").nics;
  assert.deepEqual(nic, {
    name: "data0",
    pci: "0000:01:00.0",
    mac: "3c:fd:fe:00:00:01",
    driver: "i40e",
    bind: "vfio-pci",
    virtualFunctions: [],
  });
});

test("settings of a NIC go into the plan as they are asked for, and a NIC without any has none in it", () => {
  const [node] = corrected.nodes;
  assert.ok(node);
  const settings = { rings: { rx: 4096 }, offloads: { gro: false } };
  const nics = [{ name: "data0", bind: null, virtualFunctions: [], settings }];
  const plan = hostPlan({ ...corrected, nodes: [{ ...node, nics }] }, "validator");
  assert.deepEqual(plan.nics[0]?.settings, settings);
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
  assert.ok(hostPlan(corrected, "validator").nics.every((nic) => !("settings" in nic)));
});

test("going without IOMMU stands in the plan where it is asked for, and nowhere else", () => {
  const [node] = corrected.nodes;
  assert.ok(node);
  const kernel = { ...node.kernel, iommu: "off" as const, vfioNoIommu: true };
  const plan = hostPlan({ ...corrected, nodes: [{ ...node, kernel }] }, "validator");
  assert.equal(plan.vfioNoIommu, true);
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
  assert.ok(!("vfioNoIommu" in hostPlan(corrected, "validator")));
});

test("a node without vfio-pci loads no module for it", () => {
  const [node] = corrected.nodes;
  assert.ok(node);
  assert.deepEqual(hostPlan({ ...corrected, nodes: [{ ...node, nics: [] }] }, "validator").modules, []);
  assert.deepEqual(hostPlan(corrected, "validator").modules, ["vfio-pci"]);
});

test("a boot loader that is not proved is in the plan only where the fleet file accepts it", () => {
  const [node] = corrected.nodes;
  assert.ok(node);
  assert.ok(!("acceptUnproved" in hostPlan(corrected, "validator")));
  const accepting = { ...node, acceptUnproved: ["bls" as const] };
  assert.deepEqual(hostPlan({ ...corrected, nodes: [accepting] }, "validator").acceptUnproved, ["bls"]);
});

test("a change of one file leaves the kernel's part of the plan as it is", () => {
  const [alpha, ...others] = lab.nodes;
  assert.ok(alpha);
  const file = {
    path: "/etc/pantheonchain/peers.txt",
    mode: "0644",
    owner: "root",
    group: "root",
    content: "192.0.2.1\n",
  };
  const changed = hostPlan({ ...lab, nodes: [{ ...alpha, files: [file] }, ...others] }, "alpha");
  assert.deepEqual(changed.kernel, hostPlan(lab, "alpha").kernel);
  assert.deepEqual(changed.files.at(-1), file);
});

test("a node that is not there is an error that names the file", () => {
  assert.throws(() => hostPlan(lab, "gamma"), /lab\.fleet\.yaml: there is no node gamma/);
});

test("the text of a plan does not depend on the order of its keys", () => {
  const plan = hostPlan(lab, "alpha");
  const turned = Object.fromEntries(Object.entries(plan).reverse()) as typeof plan;
  assert.equal(planText(turned), planText(plan));
  assert.deepEqual(JSON.parse(planText(plan)), plan);
  assert.ok(planText(plan).endsWith("}\n"));
});
