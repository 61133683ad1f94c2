import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Facts, FactsNic } from "../host/facts";
import { virtualMacMistake } from "../host/nics";
import { hostPlan } from "../host/plan";
import { linesOfText } from "./fleet.fixture";
import { loadConnections, parseConnections, parseFleet } from "./load";
import { propose } from "./propose";
import { facts, nic, server } from "./propose.fixture";
import { connectionLines } from "./propose-connection";
import { functionMac, proposeNics } from "./propose-nics";

const connection = {
  machines: [],
  node: ["ssh:", "  host: 192.0.2.7", `  hostKey: ssh-ed25519 ${"A".repeat(68)}`],
};

const proposed = (found: Facts): string => propose({ facts: found, name: "validator-07", site: "fra1", connection });

/** Facts to proposal to fleet file to plan: no mistake on the way. */
function planOf(found: Facts) {
  const text = proposed(found);
  assert.deepEqual(linesOfText(text), [], text);
  return hostPlan(parseFleet(text, "proposed.fleet.yaml"), "validator-07");
}

test("the contract's facts become a fleet file without a mistake, and that a plan", () => {
  const plan = planOf(facts());
  assert.equal(plan.cpus.online, "0-3");
  assert.equal(plan.cpus.isolated, "1,3");
  assert.deepEqual(plan.wayIn, ["0000:00:02.0"]);
  assert.deepEqual(plan.kernel.arguments.slice(0, 2), ["intel_iommu=on", "iommu=pt"]);
  assert.deepEqual(
    plan.hugepages.map(({ pages }) => pages),
    [187, 187],
  );
  const [card] = plan.nics;
  assert.equal(card?.pci, "0000:01:00.0");
  assert.equal(card?.virtualFunctions.length, 1);
});

test("a large server gets pages of 1G, 4 GiB a NUMA node, whole cores, and its first card with carrier", () => {
  const plan = planOf(server());
  assert.deepEqual(
    plan.hugepages.map(({ size, pages }) => `${pages} of ${size}`),
    ["4 of 1G", "4 of 1G"],
  );
  assert.equal(plan.cpus.housekeeping, "0-3,16-19,32-35,48-51");
  assert.deepEqual(
    plan.nics.map(({ pci, bind }) => `${pci} ${bind}`),
    ["0000:41:00.1 vfio-pci"],
  );
  const text = proposed(server());
  assert.match(text, /# - name: data\d # the card itself stays with ice/);
  assert.match(text, /- name: data\d # its PMD works on top of mlx5_core, which keeps the card/);
  assert.match(text, /smtSiblings: \["0,32", /);
});

test("every choice has its reason beside it", () => {
  for (const text of [proposed(facts()), proposed(server())]) {
    const lines = text.split("\n");
    for (const key of [
      /wayIn:/,
      /housekeeping:/,
      /isolated:/,
      /size:/,
      /iommu:/,
      /virtualFunctions:|bind:/,
      /kernel: "/,
    ]) {
      const at = lines.findIndex((line) => key.test(line));
      assert.match(lines.slice(Math.max(0, at - 1), at + 1).join("\n"), /# \w/, `${key} in\n${text}`);
    }
  }
});

test("the card that carries SSH, its IOMMU group, a virtual function and a card on vfio-pci are never given away", () => {
  const [uplink] = facts().nics;
  assert.ok(uplink);
  const others = [
    nic({ pci: "0000:03:00.0", iommuGroup: 1 }),
    nic({ pci: "0000:02:10.0", virtualFunctionOf: "0000:01:00.0" }),
    nic({ pci: "0000:04:00.0", driver: "vfio-pci", mac: null, interface: null }),
  ];
  assert.deepEqual(planOf(facts({ nics: [uplink, ...others] })).nics, []);
  assert.match(proposed(facts({ nics: [uplink] })), /none but the way in: a data plane needs one more/);
});

/** The lab's machine without a node: its only interface that is up beside the way in leads to the other machine. */
const inUse = nic({
  pci: "0000:00:03.0",
  mac: "52:54:00:aa:00:02",
  interface: "enp0s3",
  driver: "virtio-pci",
  vendor: "1af4",
  device: "1041",
  card: "virtio-net",
  iommuGroup: 2,
  sriovTotal: 0,
  sriov: null,
  carries: ["10.77.0.0/24", "10.77.0.1/32"],
});

test("a card that is in use comes after idle ones, also after one that is down and without carrier", () => {
  const [uplink] = facts().nics;
  assert.ok(uplink);
  const plan = planOf(facts({ nics: [uplink, inUse, nic({ carrier: false })] }));
  assert.deepEqual(
    plan.nics.map(({ name, pci, virtualFunctions }) => [name, pci, virtualFunctions.length]),
    [["data0", "0000:01:00.0", 1]],
  );
});

test("where no card is idle, none is given away: the one that is in use is a comment that says so", () => {
  const [uplink] = facts().nics;
  assert.ok(uplink);
  const found = facts({ nics: [uplink, inUse] });
  assert.deepEqual(planOf(found).nics, []);
  const text = proposed(found);
  assert.match(text, /data0: # enp0s3, virtio-net; in use: 10\.77\.0\.0\/24, 10\.77\.0\.1\/32\n/);
  assert.match(text, /# nics: # no card beside the way in is idle/);
  assert.match(text, /# {3}- name: data0 # whatever uses enp0s3 loses it/);
});

test("of idle cards, one that the knowledge base knows with virtual functions comes first, then one with carrier", () => {
  const [uplink] = facts().nics;
  assert.ok(uplink);
  const plain = nic({ ...inUse, pci: "0000:04:00.0", carries: [] });
  const down = nic({ pci: "0000:05:00.0", mac: "52:54:00:d0:00:05", carrier: false });
  const order = (...nics: FactsNic[]) => proposeNics(facts({ nics: [uplink, ...nics] })).map(({ nic: { pci } }) => pci);
  assert.deepEqual(order(inUse, plain, down, nic()), [nic().pci, down.pci, plain.pci, inUse.pci]);
});

test("the IOMMU is told by the firmware, then by the arguments that run, then by the CPU's maker", () => {
  const iommu = (found: Facts) => /iommu: (\w+) # (.*)/.exec(proposed(found))?.slice(1, 3);
  const { cpus, kernel, limits } = facts();
  const silent = { ...limits, iommuTable: null };
  const plain = { ...kernel, arguments: ["ro"] };
  assert.deepEqual(iommu(facts({ limits: { ...limits, iommuTable: "IVRS" } })), [
    "amd",
    "the firmware describes one of AMD's (IVRS)",
  ]);
  assert.deepEqual(iommu(facts({ limits: silent })), ["intel", "intel_iommu=on runs"]);
  const amd = facts({ limits: silent, kernel: plain, cpus: { ...cpus, model: "AMD EPYC 9354P" } });
  assert.match(iommu(amd)?.join(" ") ?? "", /^amd the CPU is AMD EPYC 9354P; the firmware describes no IOMMU/);
  assert.throws(
    () => proposed(facts({ limits: silent, kernel: plain, cpus: { ...cpus, model: null } })),
    /neither firmware.*; turn VT-d/,
  );
});

test("a server of which nothing can be proposed is refused in one line with what to do", () => {
  const { wayIn, numaNodes, cpus } = facts();
  const [first] = numaNodes;
  assert.ok(first);
  const cases: readonly (readonly [Partial<Facts>, RegExp])[] = [
    [{ wayIn: { ...wayIn, pci: [] } }, /do not tell which NIC carries SSH; ask for them over SSH/],
    [{ numaNodes: [{ ...first, memoryKiB: 0 }] }, /NUMA node 0 has no memory; put memory/],
    [{ numaNodes: [{ ...first, id: 1 }] }, /the NUMA nodes are 1, .*; write it by hand/],
    [
      { cpus: { ...cpus, online: "0" }, numaNodes: [{ ...first, cpus: "0" }] },
      /leave none to isolate; a DPDK node needs two cores/,
    ],
  ];
  for (const [change, line] of cases) assert.throws(() => proposed(facts(change)), line);
});

test("without a connection the proposal lacks the host and its key, and says so, and nothing else", () => {
  const text = propose({ facts: facts(), name: "validator-07", site: "fra1", connection: null });
  const lines = linesOfText(text);
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(lines.join("\n"), /ssh\.host: is missing[\s\S]*ssh\.hostKey: is missing/);
});

test("any topology that has cores to give becomes a plan", () => {
  const topology = fc.record({
    sockets: fc.integer({ min: 1, max: 4 }),
    cores: fc.integer({ min: 2, max: 48 }),
    threads: fc.constantFrom(1, 2),
    gib: fc.integer({ min: 1, max: 2048 }),
    release: fc.constantFrom("4.19.0-27-amd64", "5.10.0-8", "6.1.0-40-amd64"),
    gigantic: fc.boolean(),
  });
  fc.assert(
    fc.property(topology, ({ sockets, cores, threads, gib, release, gigantic }) => {
      const all = sockets * cores;
      const range = (from: number) => `${from}-${from + cores - 1}`;
      const numaNodes = Array.from({ length: sockets }, (_, id) => ({
        id,
        cpus: Array.from({ length: threads }, (_, thread) => range(thread * all + id * cores)).join(","),
        memoryKiB: gib * 1024 * 1024 - id * 77_777,
      }));
      const smtSiblings = Array.from({ length: all }, (_, core) =>
        threads === 1 ? `${core}` : `${core},${core + all}`,
      );
      const found = facts({
        cpus: { online: `0-${all * threads - 1}`, isolated: "", smtSiblings },
        numaNodes,
        hugepages: gigantic ? [{ size: "1G", numaNode: 0, pages: 0 }] : [],
        kernel: { release, arguments: [], lockdown: "none" },
      });
      const plan = planOf(found);
      assert.equal(plan.hugepages.length, sockets);
    }),
    { numRuns: 60 },
  );
});

test("addresses of functions are locally administered, the same every time, and apart from each other", () => {
  const macs = [0, 1, 2].flatMap((index) =>
    ["b4:96:91:00:00:01", "b4:96:91:00:00:02"].map((mac) => functionMac(mac, index)),
  );
  assert.equal(new Set(macs).size, 6);
  for (const mac of macs) assert.equal(virtualMacMistake(mac), null, mac);
  assert.equal(functionMac("b4:96:91:00:00:01", 0), macs[0]);
});

// --- the connection -------------------------------------------------------------------------------------------------

test("a fleet file whose node has nothing but ssh is enough to connect, and not enough for a plan", () => {
  const text = `version: 1\nsite: fra1\nnodes:\n  validator-07:\n    ${connection.node.join("\n    ")}\n`;
  const [node] = parseConnections(text, "new.fleet.yaml").nodes;
  assert.deepEqual(node?.ssh.address.kind === "fixed" && node.ssh.address.host, "192.0.2.7");
  assert.throws(() => parseFleet(text, "new.fleet.yaml"), /hardware: is missing/);
});

test("a mistake in a connection is told as in a whole fleet file", () => {
  const text = "version: 1\nsite: fra1\nnodes:\n  a: { profile: b }\n  c: { ssh: { host: 192.0.2.7, prot: 22 } }\n";
  assert.throws(
    () => parseConnections(text, "new.fleet.yaml"),
    /nodes\.a\.profile: found "b"[\s\S]*nodes\.c\.ssh\.prot/,
  );
});

test("the lab's nodes, bastion and machines included, are entered by a proposal as by the lab's own file", () => {
  const file = join(__dirname, "../../stacks/lab.fleet.yaml");
  const lab = loadConnections(file);
  for (const node of lab.nodes) {
    const text = propose({ facts: facts(), name: node.name, site: lab.site, connection: connectionLines(lab, node) });
    assert.deepEqual(linesOfText(text), [], text);
    const again = parseFleet(text, "proposed.fleet.yaml");
    assert.deepEqual(again.nodes[0]?.ssh, node.ssh);
    assert.deepEqual(
      again.machines,
      lab.machines.filter(({ name }) => text.includes(`\n  ${name}:\n    index`)),
    );
  }
  assert.match(readFileSync(file, "utf8"), /via: \[\{ machine: alpha \}\]/);
});
