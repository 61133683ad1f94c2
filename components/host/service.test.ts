import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "js-yaml";
import { labFile, linesOf, read, set } from "../fleet/fleet.fixture";
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

test("a node without a service is prepared as before", () => {
  const values = lab();
  set(values, ["profiles", "dpdk", "service"], undefined);
  set(values, ["nodes", "beta", "service"], undefined);
  const plan = hostPlan(read(values), "alpha");
  assert.deepEqual([plan.accounts, plan.vfioGroup, plan.service], [undefined, undefined, undefined]);
});

test("a service without a data plane is refused", () => {
  const values = lab();
  set(values, ["profiles", "dpdk", "dataPlane"], undefined);
  for (const name of ["alpha", "beta"]) set(values, ["nodes", name, "dataPlane"], undefined);
  assert.match(linesOf(values).join("\n"), /service: found "podman"; needs dataPlane, which the node has not; add it/);
});
