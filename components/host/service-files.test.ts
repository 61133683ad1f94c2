import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";
import { labFile, linesOf, read, set } from "../fleet/fleet.fixture";
import { hostPlan } from "./plan";
import { type HostPlan, hostPlanSchema } from "./plan-schema";

const lab = () => load(readFileSync(labFile, "utf8"));

function planWith(...changes: readonly (readonly [path: readonly string[], value: unknown])[]): HostPlan {
  const values = lab();
  for (const [path, value] of changes) set(values, ["profiles", "dpdk", ...path], value);
  return hostPlan(read(values), "alpha");
}

const content = (plan: HostPlan, path: string) => plan.files.find((file) => file.path === path)?.content;

test("what is not asked for leaves the plan as it was", () => {
  const plan = planWith();
  assert.deepEqual(
    plan.files.map(({ path }) => path),
    ["/etc/pantheonchain/dpdk.conf", "/etc/pantheonchain/config.toml"],
  );
  assert.deepEqual(
    [plan.service?.log, plan.service?.profile, plan.service?.coreMiB, plan.service?.nicMode],
    [undefined, undefined, undefined, undefined],
  );
  assert.deepEqual(plan.packages, ["dpdk-dev", "podman"]);
});

test("a log file is rotated, and a limit of lines is the journal's", () => {
  const plan = planWith([["service", "log"], { file: "/var/log/pantheon-dpdk.log", maxMiB: 8, keep: 2 }]);
  assert.deepEqual(plan.service?.log, { file: "/var/log/pantheon-dpdk.log" });
  assert.ok(plan.packages.includes("logrotate"));
  const text = content(plan, "/etc/logrotate.d/pantheonchain-dpdk") ?? "";
  for (const rule of ["/var/log/pantheon-dpdk.log {", "size 8M", "rotate 2", "copytruncate"])
    assert.ok(text.includes(rule));
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
  const rate = { lines: 50_000, seconds: 30 };
  assert.deepEqual(planWith([["service", "log"], { rate }]).service?.log, { rate });
});

test("logrotate itself rotates a file that is kept open for appending", (t) => {
  if (spawnSync("logrotate", ["--version"]).error !== undefined) return t.skip("no logrotate here");
  const folder = mkdtempSync(join(tmpdir(), "dpdk-logrotate-"));
  try {
    const log = join(folder, "pantheon-dpdk.log");
    const plan = planWith([["service", "log"], { file: "/var/log/pantheon-dpdk.log", maxMiB: 1, keep: 2 }]);
    const text = content(plan, "/etc/logrotate.d/pantheonchain-dpdk") ?? "";
    writeFileSync(join(folder, "rules"), text.replace("/var/log/pantheon-dpdk.log", log), { mode: 0o644 });
    writeFileSync(log, "x".repeat(2 * 1024 * 1024));
    execFileSync("logrotate", ["--state", join(folder, "state"), join(folder, "rules")]);
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.startsWith("pantheon"))
        .sort(),
      ["pantheon-dpdk.log", "pantheon-dpdk.log.1"],
    );
    assert.equal(readFileSync(log, "utf8"), "");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the file of the profile is the service's to write", () => {
  const plan = planWith([["dataPlane", "profileOutput"], "/var/log/dpdk-profile.log"]);
  assert.equal(plan.service?.profile, "/var/log/dpdk-profile.log");
  assert.match(
    content(plan, "/etc/pantheonchain/config.toml") ?? "",
    /^profile_output = "\/var\/log\/dpdk-profile.log"$/m,
  );
  assert.deepEqual(hostPlanSchema.parse(plan), plan);
});

test("core dumps go through systemd-coredump, with a size", () => {
  const plan = planWith([["service", "coreDumps"], { maxMiB: 256 }]);
  assert.equal(plan.service?.coreMiB, 256);
  assert.ok(plan.packages.includes("systemd-coredump"));
  const text = content(plan, "/etc/systemd/coredump.conf.d/60-dpdk-fleet.conf") ?? "";
  assert.match(text, /^ProcessSizeMax=256M\nExternalSizeMax=256M\nMaxUse=1280M$/m);
  assert.equal(planWith([["service", "coreDumps"], {}]).service?.coreMiB, 1024);
});

test("a group may lock memory in logins of its own", () => {
  const plan = planWith([["memlockGroups"], ["hugepages"]]);
  const text = content(plan, "/etc/security/limits.d/60-dpdk-fleet.conf");
  assert.equal(text, "# Written by dpdk-node-agent.\n@hugepages - memlock unlimited\n");
});

test("how much DPDK and the node say stands in eal-args", () => {
  const plan = planWith([["dataPlane", "logLevels"], { "lib.eal": "debug", "pantheon.port": "info" }]);
  assert.match(
    content(plan, "/etc/pantheonchain/dpdk.conf") ?? "",
    /^eal-args = .* --log-level=lib\.eal:debug --log-level=pantheon\.port:info$/m,
  );
});

test("a level that EAL does not know and a log elsewhere are refused", () => {
  const values = lab();
  set(values, ["profiles", "dpdk", "dataPlane", "logLevels"], { "lib.eal": "verbose" });
  set(values, ["profiles", "dpdk", "service", "log"], { file: "/etc/passwd" });
  const text = linesOf(values).join("\n");
  assert.match(text, /logLevels.*lib\.eal.*"verbose"/);
  assert.match(text, /log\.file: found "\/etc\/passwd"; must be a file directly under \/var\/log/);
});
