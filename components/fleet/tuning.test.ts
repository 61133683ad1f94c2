import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPlan } from "../host/plan";
import { hostPlanSchema } from "../host/plan-schema";
import { nodeWarnings } from "./checks-roles";
import { fleetValues, labFile, linesOf, node, type Path, read } from "./fleet.fixture";
import { loadFleet } from "./load";
import { LOW_LATENCY } from "./schema-tuning";

type Changes = readonly (readonly [Path, unknown])[];

const planOf = (...changes: Changes) => hostPlan(read(fleetValues(...changes)), "validator");
const lineOf = (...changes: Changes) => {
  const lines = linesOf(fleetValues(...changes));
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0] ?? "";
};

test("a node that asks for no tuning has the plan that it always had", () => {
  const plan = planOf();
  assert.equal("tuning" in plan, false);
  assert.deepEqual(planOf([node("tuning"), {}]), plan);
  assert.deepEqual(planOf([node("tuning"), { preset: "none", governor: "keep", irqs: "keep" }]), plan);
});

test("the preset is the documented set and needs no reboot", () => {
  const [bare, tuned] = [planOf(), planOf([node("tuning"), { preset: "low-latency" }])];
  assert.deepEqual(tuned.kernel, bare.kernel);
  const { numaBalancing: _, watchdogs: __, ...stages } = LOW_LATENCY;
  assert.deepEqual(tuned.tuning, stages);
  assert.deepEqual(tuned.sysctl, [
    { key: "kernel.numa_balancing", value: "0" },
    { key: "kernel.watchdog_cpumask", value: "0-1,8-15" },
  ]);
  assert.deepEqual(hostPlanSchema.parse(tuned), tuned);
});

test("a key of its own goes before the preset, also where a node says it over its profile", () => {
  const tuning = { preset: "low-latency", idleExitLatency: 0, governor: "keep", watchdogs: "off", irqbalance: "off" };
  const values = fleetValues([node("profile"), "all"], [["profiles", "all", "tuning"], { preset: "low-latency" }]);
  const plan = planOf([node("tuning"), tuning]);
  assert.deepEqual(plan.tuning?.idleExitLatency, 0);
  assert.deepEqual([plan.tuning?.governor, plan.tuning?.irqbalance], [undefined, "off"]);
  assert.deepEqual(plan.sysctl.at(-1), { key: "kernel.watchdog", value: "0" });
  const merged = structuredClone(values) as { nodes: { validator: Record<string, unknown> } };
  merged.nodes.validator.tuning = { clocksource: "keep" };
  const both = hostPlan(read(merged), "validator").tuning;
  assert.deepEqual([both?.clocksource, both?.irqs], [undefined, "housekeeping"]);
});

test("kernel arguments come only by name, in their order and with CPU lists as ranges", () => {
  const all = { irqs: "housekeeping-at-boot", skewTick: true, tscReliable: true };
  const { kernel, tuning } = planOf([node("tuning"), all], [node("kernel", "extraArguments"), ["quiet"]]);
  assert.deepEqual(kernel.arguments.slice(-4), ["irqaffinity=0-1,8-15", "skew_tick=1", "tsc=reliable", "quiet"]);
  assert.deepEqual(tuning, { irqs: "housekeeping" });
});

test("long CPU lists are ranges wherever the plan has them, however they were written", () => {
  const isolated = Array.from({ length: 62 }, (_, i) => i + 2);
  const plan = planOf(
    [node("dataPlane"), undefined],
    [node("hardware", "cpus"), "0-127"],
    [node("cpus", "isolated"), isolated.join(",")],
    [node("tuning"), { preset: "low-latency", irqs: "housekeeping-at-boot" }],
  );
  assert.ok(plan.kernel.arguments.includes("irqaffinity=0-1,64-127"));
  assert.ok(plan.kernel.arguments.includes("isolcpus=managed_irq,domain,2-63"));
  assert.deepEqual(plan.sysctl.at(-1), { key: "kernel.watchdog_cpumask", value: "0-1,64-127" });
});

test("each node's sets are its own, whatever profile it shares with another", () => {
  const values = fleetValues([["profiles", "all", "tuning"], { preset: "low-latency", irqs: "housekeeping-at-boot" }]);
  const nodes = (values as { nodes: Record<string, Record<string, unknown>> }).nodes;
  const second = structuredClone(nodes.validator) as { hardware: Record<string, unknown> } & Record<string, unknown>;
  delete second.dataPlane;
  second.ssh = { host: "192.0.2.22", hostKey: "ssh-ed25519 AAAA" };
  second.hardware = {
    ...second.hardware,
    cpus: "0-3",
    numaNodes: [
      { cpus: "0-1", memory: "64G" },
      { cpus: "2-3", memory: "64G" },
    ],
    nics: { data0: { pci: "0000:01:00.0", mac: "3c:fd:fe:00:00:02", driver: "i40e" } },
  };
  second.cpus = { isolated: "1,3" };
  nodes.second = { ...second, profile: "all" };
  nodes.validator = { ...nodes.validator, profile: "all" };
  const fleet = read(values);
  const affinity = (name: string) =>
    hostPlan(fleet, name).kernel.arguments.filter((token) => /affinity|isol/.test(token));
  assert.deepEqual(affinity("validator"), ["isolcpus=managed_irq,domain,2-7", "irqaffinity=0-1,8-15"]);
  assert.deepEqual(affinity("second"), ["isolcpus=managed_irq,domain,1,3", "irqaffinity=0,2"]);
});

test("what tuning sets and another key sets differently is refused, and the same is written once", () => {
  const off = [node("tuning"), { numaBalancing: "off", skewTick: true }] as const;
  assert.match(
    lineOf(off, [node("sysctl"), { "kernel/numa_balancing": 1 }]),
    /sysctl\."?kernel\/numa_balancing"?: found "1"; tuning sets it to 0; take one of the two out, or write keep/,
  );
  assert.match(
    lineOf(off, [node("kernel", "extraArguments"), ["skew-tick=0"]]),
    /extraArguments\[0\]: found "skew-tick=0"; tuning writes skew_tick=1; leave it out here/,
  );
  const same = planOf([node("tuning"), { numaBalancing: "off" }], [node("sysctl"), { "kernel.numa_balancing": 0 }]);
  assert.deepEqual(same.sysctl, [{ key: "kernel.numa_balancing", value: "0" }]);
});

test("a word that tuning does not know is told what it may be", () => {
  assert.match(lineOf([node("tuning"), { irqs: "all" }]), /tuning\.irqs: found "all"; must be housekeeping or/);
  assert.match(lineOf([node("tuning"), { governor: "Fast!" }]), /tuning\.governor: .*name of a governor such as/);
  assert.match(
    lineOf([node("tuning"), { idleExitLatency: "low" }]),
    /idleExitLatency: found "low"; must be 0 to 10000, or keep/,
  );
  assert.match(lineOf([node("tuning"), { preset: "fast" }]), /tuning\.preset: .*must be low-latency or none/);
  assert.match(lineOf([node("tuning"), { governer: "performance" }]), /did you mean governor\?/);
});

test("the data plane's lcores are the CPUs that have a role", () => {
  const plan = planOf(
    [node("cpus", "roles"), { rx: "2-3", tx: 4, consensus: "5" }],
    [node("dataPlane", "threads"), { network: 3, consensus: 1, transactionPool: 0 }],
  );
  const text = (path: string) => plan.files.find((file) => file.path.endsWith(path))?.content ?? "";
  assert.match(text("config.toml"), /cpu_cores = \[2, 3, 4, 5\]/);
  assert.match(text("dpdk.conf"), /eal-args = -l 2-5 /);
});

test("roles are on isolated CPUs, each on its own, and the data plane polls on those that poll", () => {
  const few = [node("dataPlane", "threads"), { network: 1, consensus: 0, transactionPool: 0 }] as const;
  assert.match(
    lineOf([node("dataPlane"), undefined], [node("cpus", "roles"), { rx: "1-2" }]),
    /cpus\.roles\.rx: found "1-2"; CPU 1 is not isolated; choose among 2-7/,
  );
  assert.match(
    lineOf([node("dataPlane"), undefined], [node("cpus", "roles"), { rx: "2-3", tx: "3" }]),
    /cpus\.roles\.tx: found "3"; CPU 3 has the role rx already/,
  );
  assert.match(
    lineOf(few, [node("cpus", "roles"), { consensus: "2", rx: "3" }]),
    /threads\.network: found 1; the data plane polls on the lowest lcores, 2, and CPU 2 is neither rx nor tx/,
  );
});

test("a role that polls from another NUMA node works, and is a warning", () => {
  const values = fleetValues(
    [node("dataPlane"), undefined],
    [node("cpus"), { isolated: "2-7,10-15", roles: { rx: "2-3", tx: "10-11" } }],
  );
  const [validator] = read(values).nodes;
  assert.ok(validator);
  assert.deepEqual(nodeWarnings(validator), [
    "validator: cpus.roles.tx: CPU 10-11 polls a card on NUMA node 0 from another one",
  ]);
  const [lab] = loadFleet(labFile).nodes;
  assert.ok(lab);
  assert.deepEqual(nodeWarnings(lab), []);
});
