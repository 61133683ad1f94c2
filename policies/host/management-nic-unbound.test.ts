import assert from "node:assert/strict";
import { test } from "node:test";
import { passes } from "../resource.fixture";
import { managementNicUnbound as rule } from "./management-nic-unbound";
import { judgeNoPlan, judgePlan, judgeUnknownPlan } from "./plan.fixture";

test("another NIC than the one that carries SSH passes", async () => {
  assert.deepEqual(await judgePlan(rule, {}), passes);
});

test("the NIC that carries SSH is refused, bound as a whole or with functions", async () => {
  const bound = [{ name: "mgmt", pci: "0000:00:02.0", bind: "vfio-pci", virtualFunctions: [] }];
  const one = await judgePlan(rule, { nics: bound });
  assert.match(
    one.violations.join(),
    /alpha: mgmt \(0000:00:02\.0\) carries the SSH connection and is bound to vfio-pci/,
  );
  const made = [{ name: "mgmt", pci: "0000:00:0A.0", virtualFunctions: [{ driver: "vfio-pci" }] }];
  const other = await judgePlan(rule, { nics: made, wayIn: ["0000:00:0a.0"] });
  assert.match(other.violations.join(), /mgmt \(0000:00:0A\.0\) carries the SSH connection and gets virtual functions/);
});

test("the NIC that carries SSH is refused where a setting would reset it, and only there", async () => {
  const asked = (settings: Record<string, Record<string, boolean | number>>) =>
    judgePlan(rule, { nics: [{ name: "mgmt", pci: "0000:00:02.0", virtualFunctions: [], settings }] });
  const { violations } = await asked({ rings: { rx: 4096 }, offloads: { gro: false, lro: false } });
  assert.match(
    violations.join(),
    /carries the SSH connection and is reset for rings\.rx, offloads\.lro; choose another/,
  );
  assert.deepEqual(await asked({ offloads: { gro: false, tso: false, gso: false } }), passes);
});

test("a kernel argument that binds cards by their kind is refused", async () => {
  const { violations } = await judgePlan(rule, { kernel: { arguments: ["vfio-pci.ids=8086:1572"] } });
  assert.match(violations.join(), /vfio-pci\.ids=8086:1572 binds every card of that kind/);
});

test("kernel arguments that take every card of a kind, or make functions on it, are refused", async () => {
  const stub = await judgePlan(rule, { kernel: { arguments: ["pci-stub.ids=8086:1572"] } });
  assert.match(stub.violations.join(), /pci-stub\.ids=8086:1572 binds every card/);
  for (const token of ["igb.max_vfs=7", "mlx4_core.num_vfs=8"]) {
    const made = await judgePlan(rule, { kernel: { arguments: [token] } });
    assert.match(made.violations.join(), /(max|num)_vfs=\d makes functions on every card/);
  }
});

test("a plan that is not known yet is not judged, and said to be so", async () => {
  const { violations, unjudged } = await judgeUnknownPlan(rule);
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-management-nic-unbound.*can't be known during preview/);
});

test("a command without a plan is left alone", async () => {
  assert.deepEqual(await judgeNoPlan(rule), ["the resource carries no host plan"]);
});
