import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dump, load } from "js-yaml";
import { hostPlan } from "../host/plan";
import { linesOf, type Path, read, set } from "./fleet.fixture";
import { loadFleet, parseConnections } from "./load";

const stacks = join(__dirname, "../../stacks");
const production = readFileSync(join(stacks, "aws-production.fleet.yaml"), "utf8");
const dev = readFileSync(join(stacks, "aws-dev.fleet.yaml"), "utf8");

/** An example with values set (undefined takes one away) at paths. */
function changed(text: string, ...changes: readonly (readonly [Path, unknown])[]): unknown {
  const values = load(text);
  for (const [path, value] of changes) set(values, path, value);
  return values;
}

function refused(text: string, path: Path, value: unknown, line: RegExp): void {
  const lines = linesOf(changed(text, [path, value]));
  assert.match(lines.join("\n"), line);
}

const instance = (...path: Path): Path => ["profiles", "validator", "instance", ...path];

test("the examples are whole: what an instance tells is left out, and a plan has all of it", () => {
  const fleet = loadFleet(join(stacks, "aws-production.fleet.yaml"));
  const [node] = fleet.nodes;
  assert.deepEqual(node?.ssh.address, { kind: "instance", instance: "validator-00", host: "10.80.4.0", port: 22 });
  assert.deepEqual([node?.ssh.user, node?.ssh.sudo], ["admin", true]);
  assert.deepEqual(
    node?.hardware.numaNodes.map(({ cpus }) => cpus.length),
    [32, 32],
  );
  const plan = hostPlan(fleet, "validator-00");
  assert.ok(plan.kernel.arguments.includes("nosmt"));
  assert.deepEqual(
    [plan.nics[0]?.pci, plan.nics[0]?.mac, plan.service?.functions],
    ["{pci:dpdk0}", "{mac:dpdk0}", ["{pci:dpdk0}"]],
  );
  assert.equal(loadFleet(join(stacks, "aws-dev.fleet.yaml")).nodes.length, 2);
});

test("a data plane listens on its interface's address, behind the subnet's router, and asks for the MACs of its peers", () => {
  const plan = hostPlan(loadFleet(join(stacks, "aws-production.fleet.yaml")), "validator-00");
  const toml = plan.files.find(({ path }) => path.endsWith("config.toml"))?.content ?? "";
  assert.match(
    toml,
    /listen_address = "10\.80\.136\.0"\nlisten_port = 30900\nlisten_prefix = 20\ngateway = "10\.80\.128\.1"/,
  );
  assert.match(toml, /name = "validator-01"\naddress = "10\.80\.136\.16"\nport = 30900\n\n/);
  assert.doesNotMatch(toml, /mac = /);
});

test("the first boot sets aside the pages of the largest size", () => {
  const { aws } = loadFleet(join(stacks, "aws-production.fleet.yaml"));
  assert.deepEqual(aws?.instances[0]?.hugepages, { size: "1G", pages: [16, 16] });
});

test("what the file says of a machine goes before what its type tells", () => {
  const siblings = changed(production, [
    ["profiles", "validator", "hardware"],
    { smtSiblings: ["0,1"], kernel: "6.12" },
  ]);
  const [node] = read(siblings).nodes;
  assert.deepEqual([node?.hardware.smtSiblings, node?.hardware.kernel], [[[0, 1]], "6.12"]);
  assert.equal(node?.hardware.cpus.length, 64);
  const both = read(
    changed(production, [instance("smt"), true], [["profiles", "validator", "cpus"], { isolated: "8-31,72-95" }]),
  );
  assert.deepEqual(both.nodes[0]?.hardware.smtSiblings[8], [8, 72]);
  assert.deepEqual(both.nodes[0]?.hardware.numaNodes[1]?.cpus.at(-1), 127);
  const own = read(
    changed(production, [
      ["nodes", "validator-00", "ssh"],
      { host: "192.0.2.1", user: "ops", hostKey: "ssh-ed25519 AAAA" },
    ]),
  );
  assert.deepEqual(own.nodes[0]?.ssh.address, {
    kind: "fixed",
    host: "192.0.2.1",
    port: 22,
    hostKey: "ssh-ed25519 AAAA",
  });
});

test("connections are told from a file whose nodes are not complete", () => {
  const bare = changed(dev, [["profiles", "dev", "cpus"], undefined], [["profiles", "dev", "dataPlane"], undefined]);
  const [node] = parseConnections(dump(bare), "test.fleet.yaml").nodes;
  assert.deepEqual(node?.ssh.address, { kind: "instance", instance: "dev-00", host: "10.81.4.0", port: 22 });
});

test("what AWS or DPDK would refuse is a line with place, value and remedy", () => {
  refused(
    dev,
    ["profiles", "dev", "instance", "dpdkInterfaces"],
    9,
    /nodes\.dev-00\.instance: c6in\.4xlarge takes \d+ interfaces, and management with dpdkInterfaces 9 are 10; take c6in/,
  );
  const zone = ["aws", "network", "zones", "eu-central-1a"];
  refused(production, zone, { management: "10.80.0.0/24", dpdk: "10.80.0.0/24" }, /aws: .*10\.80\.0\.0\/24.*; /);
  refused(production, ["aws", "network", "taken"], ["10.80.4.0/24"], /aws: network\.cidr.*10\.80\.4\.0\/24.*; /);
  refused(
    production,
    ["aws", "offerings"],
    { "eu-central-1a": ["c6in.large"], "eu-central-1b": ["c6in.metal"] },
    /nodes\.validator-00\.instance: .*eu-central-1a.*; /,
  );
  refused(
    dev,
    ["profiles", "dev", "instance", "noIommu"],
    undefined,
    /nodes\.dev-00\.instance: c6in\.4xlarge has no IOMMU.*write noIommu: accepted/,
  );
  refused(production, ["aws", "access", "sshFrom"], ["0.0.0.0/0"], /aws: access\.sshFrom.*0\.0\.0\.0\/0.*; /);
  refused(
    production,
    ["aws", "access", "sshKeys"],
    ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGVleGFtcGxlZXhhbXBsZWV4YW1wbGVleGFt AKIAIOSFODNN7EXAMPLE"],
    /aws: .*access key.*; /,
  );
});

test("a node that contradicts its instance is a line with place, value and remedy", () => {
  const ofProfile = (...path: Path): Path => ["profiles", "validator", ...path];
  refused(
    production,
    ofProfile("kernel", "iommu"),
    "off",
    /kernel\.iommu: found "off"; c6in\.metal has an IOMMU, which vfio-pci needs; write intel or amd/,
  );
  refused(
    production,
    ofProfile("kernel", "vfioNoIommu"),
    true,
    /kernel\.vfioNoIommu: found true; c6in\.metal has an IOMMU; leave it out/,
  );
  refused(
    dev,
    ["profiles", "dev", "kernel"],
    { iommu: "off" },
    /kernel\.vfioNoIommu: found false; c6in\.4xlarge has no IOMMU; write true/,
  );
  refused(
    production,
    ofProfile("dataPlane", "network", "address"),
    "10.0.0.1",
    /network\.address: found "10\.0\.0\.1"; AWS drops what is not sent from 10\.80\./,
  );
  refused(
    production,
    ofProfile("dataPlane", "network", "port"),
    40000,
    /network\.port: found 40000; only 30900, aws\.peerPort, is let in/,
  );
  refused(
    production,
    ofProfile("dataPlane", "queues"),
    33,
    /dataPlane\.queues: found 33; an interface of c6in\.metal has 32/,
  );
  refused(production, ofProfile("nics"), [{ name: "dpdk1", bind: "vfio-pci" }], /nics\[0\]\.name: found "dpdk1"/);
});

test("instances, their section and their provider go together", () => {
  refused(
    production,
    ["provider"],
    "bare-metal",
    /provider: found "bare-metal"; provider: aws and the section aws go together/,
  );
  refused(production, ["aws"], undefined, /provider: found "aws"; provider: aws and the section aws go together/);
  refused(production, ["nodes", "validator-00"], { hugepages: [] }, /nodes\.validator-00/);
  const lone = changed(production, [["profiles", "validator", "instance"], undefined]);
  for (const n of ["00", "01", "02", "03"]) set(lone, ["nodes", `validator-${n}`], { profile: "validator" });
  assert.match(
    linesOf(lone).join("\n"),
    /nodes\.validator-00\.instance: is missing; with provider: aws a node says which instance it is/,
  );
  refused(
    production,
    ["aws", "images", "x86_64", "distribution"],
    "gentoo",
    /distribution: found "gentoo"; must be debian-12 or/,
  );
  refused(production, instance("typ"), "x", /is no key here; did you mean/);
});

test("a server that is no instance says what hardware it has", () => {
  const values = changed(
    production,
    [["provider"], undefined],
    [["aws"], undefined],
    [["profiles", "validator", "instance"], undefined],
  );
  for (const n of ["00", "01", "02", "03"])
    set(values, ["nodes", `validator-${n}`], {
      profile: "validator",
      ssh: { host: `192.0.2.${n}`, hostKey: "ssh-ed25519 AAAA" },
    });
  assert.match(linesOf(values).join("\n"), /validator-00\.hardware: is missing; `dpdk-fleet propose` writes it/);
});
