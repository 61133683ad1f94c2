import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "js-yaml";
import { fleetValues, labFile, linesOf, node, type Path, read, set } from "../fleet/fleet.fixture";
import { hostPlan } from "./plan";
import { hostPlanSchema } from "./plan-schema";

const lab = () => load(readFileSync(labFile, "utf8"));

test("a node with a service gets its accounts, the right to open its functions, and all that the unit says", () => {
  const plan = hostPlan(read(lab()), "alpha");
  assert.deepEqual(plan.accounts, {
    groups: ["pantheon", "hugepages"],
    users: [{ name: "pantheon", group: "pantheon", groups: ["hugepages"] }],
  });
  assert.equal(plan.vfioGroup, "pantheon");
  assert.deepEqual(plan.service, {
    runtime: "podman",
    user: "pantheon",
    group: "pantheon",
    configToml: "/etc/pantheonchain/config.toml",
    dpdkConf: "/etc/pantheonchain/dpdk.conf",
    dataFolder: "/var/lib/pantheonchain",
    lcores: "2-3",
    housekeeping: "0-1",
    hugepageMount: "/mnt/huge",
    functions: ["0000:01:10.0"],
    startSeconds: 120,
  });
  assert.ok(plan.packages.includes("podman"));
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
});

test("a native service needs no container tools", () => {
  const plan = hostPlan(read(lab()), "beta");
  assert.equal(plan.service?.runtime, "native");
  assert.ok(!plan.packages.includes("podman"));
});

test("a node without a service has the group of its hugepages, and nothing that is the service's", () => {
  const values = lab();
  set(values, ["profiles", "dpdk", "service"], undefined);
  set(values, ["nodes", "beta", "service"], undefined);
  const plan = hostPlan(read(values), "alpha");
  assert.deepEqual(plan.accounts, { groups: ["hugepages"], users: [] });
  assert.deepEqual([plan.vfioGroup, plan.service], [undefined, undefined]);
});

test("a service without a data plane is refused", () => {
  const values = lab();
  set(values, ["profiles", "dpdk", "dataPlane"], undefined);
  for (const name of ["alpha", "beta"]) set(values, ["nodes", name, "dataPlane"], undefined);
  assert.match(linesOf(values).join("\n"), /service: found "podman"; needs dataPlane, which the node has not; add it/);
});

test("ports that stay with a bifurcated driver need other rights, and all ports are reached in one way", () => {
  const values = lab();
  const nic = ["profiles", "dpdk", "hardware", "nics", "data0", "driver"];
  const first = ["nodes", "alpha", "nics", 0, "virtualFunctions", 0, "driver"];
  set(values, nic, "mlx5_core");
  set(values, first, "mlx5_core");
  set(values, ["nodes", "beta", "nics", 0, "virtualFunctions", 0, "driver"], "mlx5_core");
  for (const name of ["alpha", "beta"]) {
    set(values, ["nodes", name, "nics", 0, "virtualFunctions", 1, "driver"], "mlx5_core");
  }
  assert.equal(hostPlan(read(values), "alpha").service?.nicMode, "bifurcated");
  const ports = ["nodes", "alpha", "dataPlane", "ports"];
  set(values, ports, [
    { nic: "data0", virtualFunction: 0 },
    { nic: "data0", virtualFunction: 1 },
  ]);
  assert.deepEqual(linesOf(values), []);
  set(values, nic, "ixgbe");
  set(values, first, "ixgbevf");
  assert.match(linesOf(values).join("\n"), /ports\[0\].*no DPDK driver works through; give it the driver vfio-pci/);
});

test("more pages than VFIO has mappings are refused, unless the kernel is told", () => {
  const pages = [40_960, 40_960];
  const numaNodes = [
    { cpus: "0-7", memory: "128G" },
    { cpus: "8-15", memory: "128G" },
  ];
  const large = (...more: (readonly [path: Path, value: unknown])[]) =>
    linesOf(
      fleetValues([node("hardware", "numaNodes"), numaNodes], [node("hugepages"), [{ size: "2M", pages }]], ...more),
    );
  assert.match(
    large().join("\n"),
    /socketMemory.*81920 pages of 2M are as many mappings, and VFIO allows 65535; take pages of 1G.*dma_entry_limit=81920/,
  );
  assert.deepEqual(large([node("kernel", "extraArguments"), ["vfio-iommu-type1.dma_entry_limit=81920"]]), []);
  assert.deepEqual(large([node("dataPlane", "socketMemory"), [65_536, 65_534]]), []);
});

test("a whole bifurcated card serves the service where it is", () => {
  const values = fleetValues(
    [node("hardware", "nics", "data0", "driver"), "mlx5_core"],
    [node("nics"), [{ name: "data0" }]],
    [node("service"), { runtime: "native" }],
  );
  const plan = hostPlan(read(values), "validator");
  assert.deepEqual([plan.service?.nicMode, plan.service?.functions], ["bifurcated", ["0000:01:00.0"]]);
  assert.equal(
    hostPlan(read(fleetValues([node("service"), { runtime: "native" }])), "validator").service?.nicMode,
    undefined,
  );
});
