import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetValues, linesOf, node, type Path, read } from "../fleet/fleet.fixture";
import { hostPlan } from "./plan";
import { hostPlanSchema } from "./plan-schema";

type Changes = readonly (readonly [path: Path, value: unknown])[];

const planOf = (...changes: Changes) => hostPlanSchema.parse(hostPlan(read(fleetValues(...changes)), "validator"));
const said = (...changes: Changes) => linesOf(fleetValues(...changes)).join("\n");

const sha256 = "0123456789abcdef".repeat(4);
const archive = { source: "archive", version: "24.11.3", sha256 };
const withoutService = [node("service"), undefined] as const;

test("a node that asks for nothing new has nothing new in its plan", () => {
  const keys = Object.keys(planOf());
  for (const key of ["packageManager", "holdPackages", "holdKernel", "dpdk"]) assert.ok(!keys.includes(key), key);
});

test("what is held is all packages, or those that are named", () => {
  const names = [node("packages"), ["dpdk-dev=24.11.3-1~deb12u1", "tcpdump"]] as const;
  assert.deepEqual(planOf(names, [node("holdPackages"), true]).holdPackages, ["dpdk-dev", "tcpdump"]);
  assert.deepEqual(planOf(names, [node("holdPackages"), ["dpdk-dev"]]).holdPackages, ["dpdk-dev"]);
  assert.equal(planOf(names, [node("holdPackages"), false]).holdPackages, undefined);
  assert.equal(planOf([node("holdKernel"), true]).holdKernel, true);
  const dpdk = planOf(names, [node("holdPackages"), true], [node("dpdk"), { source: "distribution" }]);
  assert.deepEqual(dpdk.holdPackages, ["dpdk-dev", "tcpdump", "dpdk"]);
});

test("a version that the fleet file names is not asked for a second time without it", () => {
  const plan = planOf([node("packages"), ["dpdk-dev=24.11.3-1~deb12u1"]], [node("dpdk"), { source: "distribution" }]);
  assert.deepEqual(
    plan.packages.filter((spec) => spec.startsWith("dpdk")),
    ["dpdk-dev=24.11.3-1~deb12u1", "dpdk"],
  );
});

test("DPDK of the distribution has other names in each family", () => {
  const names = (packageManager: string) =>
    planOf(
      withoutService,
      [node("packages"), []],
      [node("packageManager"), packageManager],
      [node("acceptUnproved"), ["dnf"]],
      [node("dpdk"), { source: "distribution" }],
    ).packages;
  assert.deepEqual(names("apt"), ["dpdk", "dpdk-dev"]);
  assert.deepEqual(names("dnf"), ["dpdk", "dpdk-devel", "dpdk-tools"]);
});

test("what DPDK is built with is corrected: no pip, no kernel headers, the C library of NUMA by its real name", () => {
  const names = (packageManager: string) =>
    planOf(
      withoutService,
      [node("packages"), []],
      [node("packageManager"), packageManager],
      [node("acceptUnproved"), ["dnf"]],
      [node("dpdk"), archive],
    ).packages;
  assert.ok(
    ["libarchive-dev", "meson", "ninja-build", "python3-pyelftools", "libnuma-dev"].every((name) =>
      names("apt").includes(name),
    ),
  );
  assert.ok(
    ["libarchive-devel", "meson", "ninja-build", "python3-pyelftools", "numactl-devel"].every((name) =>
      names("dnf").includes(name),
    ),
  );
  for (const name of [...names("apt"), ...names("dnf")]) assert.doesNotMatch(name, /pip|headers|kernel/);
});

test("an archive is built with the seed's options that still mean something", () => {
  const seed = { ...archive, version: "22.11.4", examples: ["all"], maxEthports: 32, maxNumaNodes: 8 };
  const { dpdk } = planOf([node("dpdk"), seed]);
  assert.equal(dpdk?.url, "https://fast.dpdk.org/rel/dpdk-22.11.4.tar.xz");
  const options = ["-Dplatform=generic", "-Dmax_ethports=32", "-Dmax_numa_nodes=8", "-Dtests=false", "-Dexamples=all"];
  assert.deepEqual(dpdk?.options, options);
  const fewer = {
    ...archive,
    url: "/srv/dpdk.tar.xz",
    enableDrivers: ["bus/*", "net/ice"],
    disableDrivers: ["net/pcap"],
  };
  const own = planOf([node("dpdk"), fewer]).dpdk;
  assert.deepEqual(own?.options.slice(-2), ["-Denable_drivers=bus/*,net/ice", "-Ddisable_drivers=net/pcap"]);
  assert.equal(own?.url, "/srv/dpdk.tar.xz");
});

test("the plan tells rpm's package managers, and a mistake with one is told before a node is asked", () => {
  const yum = [node("packageManager"), "yum"] as const;
  const accepted = [node("acceptUnproved"), ["yum"]] as const;
  const plan = planOf(withoutService, yum, accepted, [node("packages"), ["Judy-devel"]]);
  assert.deepEqual([plan.packageManager, plan.acceptUnproved], ["yum", ["yum"]]);
  assert.match(
    said(withoutService, yum, accepted, [node("dpdk"), archive]),
    /dpdk\.source.*Amazon Linux 2 has no DPDK/,
  );
  const podman = { runtime: "podman", user: "pantheon", group: "pantheon" };
  assert.match(said(yum, accepted, [node("service"), podman]), /service\.runtime.*has no podman; write native/);
  assert.match(said([node("packageManager"), "zypper"]), /packageManager/);
});

test("a package manager that no running machine has shown needs the operator's word, and its own", () => {
  for (const words of [[], ["bls", "yum"]]) {
    const refused = said([node("packageManager"), "dnf"], [node("acceptUnproved"), words]);
    assert.match(refused, /packageManager.*machines of tests only; accept that with acceptUnproved: \[dnf\]/);
  }
});

test("names and versions that cannot be are told with their place", () => {
  assert.match(said([node("packages"), ["--force-yes"]]), /packages\[0\].*must be the name of a package/);
  assert.match(said([node("packages"), ["Judy"]]), /packages\[0\].*must be the name of a Debian package/);
  assert.match(said([node("packages"), ["a1=;id"]]), /packages\[0\]/);
  assert.match(said([node("packages"), ["tool", "tool=2"]]), /packages\[1\].*tool is there already/);
  assert.match(
    said([node("holdPackages"), ["linux-image-amd64"]]),
    /holdPackages\[0\].*none of the node's packages.*holdKernel/,
  );
  assert.match(said([node("dpdk"), { ...archive, sha256: "abc" }]), /dpdk\.sha256.*64 digits/);
  assert.match(said([node("dpdk"), { ...archive, url: "http://x/y" }]), /dpdk\.url.*https/);
  assert.match(said([node("dpdk"), { ...archive, version: 24.11 }]), /dpdk\.version.*in quotes/);
  assert.match(said([node("dpdk"), { ...archive, enableKmods: true }]), /dpdk\.enableKmods/);
});

test("a build that takes longer than `up` waits is told", () => {
  assert.match(
    said([node("dpdk"), { ...archive, buildSeconds: 3600 }]),
    /dpdk\.buildSeconds.*limits\.answerSeconds \(1200\)/,
  );
  assert.equal(said([node("dpdk"), { ...archive, buildSeconds: 3600 }], [node("limits"), { answerSeconds: 7200 }]), "");
});
