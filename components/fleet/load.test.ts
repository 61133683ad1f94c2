import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetValues, labFile, linesOf, linesOfText, node, read } from "./fleet.fixture";
import { loadFleet, parseFleet } from "./load";

test("the lab's fleet file gives two nodes and two machines", () => {
  const fleet = loadFleet(labFile);
  assert.deepEqual(
    fleet.nodes.map(({ name }) => name),
    ["alpha", "beta"],
  );
  assert.deepEqual(
    fleet.machines.map(({ name, index }) => [name, index]),
    [
      ["alpha", 1],
      ["beta", 2],
    ],
  );
  const [alpha] = fleet.nodes;
  assert.deepEqual(alpha?.hardware.numaNodes, [
    { cpus: [0, 1], memoryKiB: 1_310_720 },
    { cpus: [2, 3], memoryKiB: 1_310_720 },
  ]);
});

test("a machine boots from BIOS unless its firmware is uefi, and from nothing else", () => {
  const machine = { index: 1, cpus: "0", numaNodes: [{ cpus: "0", memory: "1G" }] };
  const firmwareOf = (more: object) =>
    read(fleetValues([["machines"], { gamma: { ...machine, ...more } }])).machines[0];
  assert.equal(firmwareOf({})?.firmware, "bios");
  assert.equal(firmwareOf({ firmware: "uefi" })?.firmware, "uefi");
  const wrong = fleetValues([["machines"], { gamma: { ...machine, firmware: "efi" } }]);
  assert.match(linesOf(wrong)[0] ?? "", /machines\.gamma\.firmware.*"efi".*bios.*uefi/);
});

test("defaults are filled in", () => {
  const [validator] = read(fleetValues()).nodes;
  assert.deepEqual(validator?.cpus.housekeeping, [0, 1, 8, 9, 10, 11, 12, 13, 14, 15]);
  assert.deepEqual(validator?.limits, { confirmSeconds: 120, packagesSeconds: 900, answerSeconds: 1200 });
  assert.equal(validator?.hugepages[0]?.mount.path, "/mnt/huge");
  const sized = fleetValues([node("dataPlane", "mempoolSize"), undefined]);
  assert.equal(read(sized).nodes[0]?.dataPlane?.dpdkConf.performance.mempoolSize, 65535);
});

test("a file that is not there is one clear line", () => {
  assert.throws(() => loadFleet("/nowhere/x.fleet.yaml"), {
    name: "FleetFileError",
    message: "/nowhere/x.fleet.yaml: cannot be read (ENOENT); name a fleet file that is there",
  });
});

test("what is no YAML says line and column", () => {
  assert.match(
    linesOfText("version: 1\nsite: [lab\nnodes: {}\n")[0] ?? "",
    /^test\.fleet\.yaml:\d+:\d+: is no YAML: .*; correct the line$/,
  );
  assert.match(
    linesOfText("site: lab\nsite: lab\n")[0] ?? "",
    /^test\.fleet\.yaml:2:1: is no YAML: duplicated mapping key/,
  );
});

test("an empty or foreign document is refused at the top", () => {
  for (const text of ["", "[]", "hello", "42", "null"])
    assert.match(linesOfText(text).join("\n"), /^test\.fleet\.yaml: \(top\): /, text);
});

test("the last node can be taken out: a fleet without nodes is a fleet", () => {
  assert.deepEqual(parseFleet("version: 1\nsite: lab\nnodes: {}\n", "test.fleet.yaml").nodes, []);
});

test("an unknown key is refused with the one that was meant", () => {
  assert.deepEqual(linesOf(fleetValues([node("hugepagse"), []])), [
    "test.fleet.yaml: nodes.validator.hugepagse: found []; is no key here; did you mean hugepages?",
  ]);
  assert.match(
    linesOf(fleetValues([node("cpus", "isolcpus"), "1"]))[0] ?? "",
    /cpus\.isolcpus: found "1"; is no key here; there is isolated, housekeeping/,
  );
});

test("a value of the wrong type or range is refused with what it must be", () => {
  const expect = (path: readonly (string | number)[], value: unknown, line: RegExp) => {
    const lines = linesOf(fleetValues([path, value]));
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", line);
  };
  expect(node("hugepages", 0, "size"), "3M", /hugepages\[0\]\.size: found "3M"; must be 2M or 1G$/);
  expect(node("hugepages", 0, "pages"), [4.5, 4], /pages\[0\]: found 4\.5; must be a whole number$/);
  expect(node("hugepages", 0, "pages"), [-1, 4], /pages\[0\]: found -1; must be 0 at least$/);
  expect(node("ssh", "port"), 70000, /ssh\.port: found 70000; must be 65535 at most$/);
  expect(node("ssh", "port"), "22", /ssh\.port: found "22"; must be a number$/);
  expect(node("ssh", "hostKey"), "AAAA", /hostKey: found "AAAA"; must be a public host key/);
  expect(node("ssh", "sudo"), "yes", /sudo: found "yes"; must be true or false$/);
  expect(node("nics", 0, "bind"), "uio_pci_generic", /bind: found "uio_pci_generic"; must be vfio-pci/);
  expect(node("hardware", "wayIn"), [], /wayIn: found \[\]; must name at least one PCI device$/);
  expect(
    node("hardware", "nics", "data0", "pci"),
    "01:00.0",
    /pci: found "01:00\.0"; must be a PCI address with its domain/,
  );
  expect(node("hardware", "nics", "data0", "mac"), "3C:FD:FE:00:00:01", /must be a MAC address in lowercase/);
  expect(node("hardware", "numaNodes", 0, "memory"), 64, /memory: found 64; must be a size such as 1536M/);
  expect(node("kernel"), "quiet", /kernel: found "quiet"; must be a map$/);
  expect(node("sysctl"), { vm: 1 }, /sysctl\.vm: found "vm"; must be a sysctl such as vm\.max_map_count$/);
  expect(["version"], 2, /version: found 2; must be 1, the version of this format$/);
  expect(["site"], "My Site", /site: found "My Site"; must be a name of lowercase letters/);
  assert.match(
    linesOf(fleetValues([["nodes", "Bad_Name"], {}]))[0] ?? "",
    /nodes\.Bad_Name: found "Bad_Name"; must be a name of lowercase letters/,
  );
});

test("what is missing says what it is", () => {
  assert.match(
    linesOf(fleetValues([node("kernel", "iommu"), undefined]))[0] ?? "",
    /kernel\.iommu: is missing; intel: intel_iommu=on iommu=pt\. amd/,
  );
  assert.match(
    linesOf(fleetValues([node("cpus"), undefined]))[0] ?? "",
    /nodes\.validator\.cpus: is missing; Which CPUs do what/,
  );
  assert.match(linesOf(fleetValues([node("ssh", "host"), undefined]))[0] ?? "", /ssh\.host: is missing; name the host/);
  assert.match(
    linesOf(fleetValues([node("ssh", "hostKey"), undefined]))[0] ?? "",
    /ssh\.hostKey: is missing, and an unknown host is never trusted/,
  );
  assert.match(
    linesOf(fleetValues([node("hardware", "numaNodes"), undefined]))[0] ?? "",
    /hardware\.numaNodes: is missing/,
  );
});

test("every mistake is told at once", () => {
  const lines = linesOf(
    fleetValues(
      [["site"], "No Site"],
      [node("hugepages", 0, "size"), "3M"],
      [node("kernel", "iommu"), "on"],
      [node("hugpages"), 1],
    ),
  );
  assert.equal(lines.length, 4, lines.join("\n"));
});

test("a private key in the file is refused and not shown", () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
  for (const path of [node("ssh", "identity", "file"), node("ssh", "privateKey"), node("files")]) {
    const [line, ...rest] = linesOf(
      fleetValues([path, path.at(-1) === "files" ? [{ path: "/etc/pantheonchain/k", content: key }] : key]),
    );
    assert.deepEqual(rest, []);
    assert.match(line ?? "", /found a private key; does not belong in a fleet file; use ssh-agent/);
    assert.doesNotMatch(line ?? "", /b3Blbn/);
  }
});

test("names of an object's own properties are no nodes, profiles or keys", () => {
  for (const word of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assert.ok(linesOfText(`version: 1\nsite: lab\nnodes:\n  a:\n    profile: ${word}\n`).length > 0);
    assert.ok(linesOfText(`version: 1\nsite: lab\nnodes: {}\n${word}: 1\n`).length > 0, word);
  }
});
