import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { loadFleet } from "../../components/fleet/load";
import { type CommandResult, run } from "../../infra/cli/command";
import { nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { differences, reboot, type Snapshot, snapshot } from "./snapshot";
import { everyStageIsOk } from "./stages";

// Every stage that a virtual machine can have, on a real kernel: alpha gets all of them, beta another topology.
let lab: Lab;
let untouched: Snapshot;

before(() => {
  lab = theLab();
});

/** All that a node of the lab can be asked for beyond what the committed fleet file asks. */
const withEverything = (fleet: FleetYaml) => {
  const alpha = nodeOf(fleet, "alpha");
  alpha.tuning = { preset: "low-latency" };
  alpha.cpus = { roles: { rx: "2", consensus: "3" } };
  alpha.holdPackages = true;
  alpha.memlockGroups = ["hugepages"];
  alpha.requirements = { memory: "2G", kernel: "6.1", cpuFlags: ["sse4_2"] };
  const [data0] = alpha.nics as Record<string, unknown>[];
  if (data0 !== undefined) {
    data0.settings = { offloads: { gro: false, tso: false }, rings: { rx: 512 }, coalescing: { rxUsecs: 0 } };
  }
};

/** Four CPUs on one NUMA node instead of two, on a machine that is made anew. */
const otherTopology = (fleet: FleetYaml) => {
  const machines = fleet.machines as Record<string, Record<string, unknown>>;
  const beta = nodeOf(fleet, "beta");
  if (machines.beta !== undefined) machines.beta.numaNodes = [{ cpus: "0-3", memory: "2560M" }];
  beta.hugepages = [{ size: "2M", pages: [256], mount: { group: "hugepages" } }];
  beta.cpus = { housekeeping: "0", isolated: "1-3", roles: { rx: "1", consensus: "2-3" } };
};

const npx = (...args: string[]): Promise<CommandResult> =>
  run("npx", ["dpdk-fleet", ...args], { folder: lab.settings.projectFolder, seconds: 300 });
const fleet = (...args: string[]) => npx(...args, "--fleet", lab.fleetFile);

const read = (file: string) => lab.ssh("alpha", `cat ${file}`).then((text) => text.trim());

test("machines that are no nodes yet: what alpha is is written down", async () => {
  const away = await lab.down();
  assert.equal(away.code, 0, said(away));
  const done = await lab.up((all) => {
    otherTopology(all);
    all.nodes = {};
  });
  assert.equal(done.code, 0, said(done));
  untouched = await snapshot(lab.sshConfig(), "alpha", false);
});

test("two nodes of different topologies in one fleet, one of them with every stage that a virtual machine can have", async () => {
  const done = await lab.up((all) => {
    withEverything(all);
    otherTopology(all);
  });
  assert.equal(done.code, 0, said(done));
  const nodes = await lab.status();
  everyStageIsOk(nodes.alpha);
  everyStageIsOk(nodes.beta);
  assert.equal(nodes.alpha?.isolated.running, "2-3");
  assert.equal(nodes.beta?.isolated.running, "1-3");
  for (const node of Object.values(nodes)) assert.equal(node.reboots, 1);
});

test("the kernel itself tells of the tuning, and tells the same after a reboot of the node's own", async () => {
  await theKernelTells();
  await reboot(lab.sshConfig(), "alpha", false, 900);
  await lab.ssh(
    "alpha",
    "for n in $(seq 60); do systemctl is-active -q dpdk-node-boot.service && break; sleep 1; done",
  );
  await theKernelTells();
});

async function theKernelTells(): Promise<void> {
  assert.match(await read("/sys/kernel/mm/transparent_hugepage/enabled"), /\[never\]/);
  assert.equal(Number.parseInt(await read("/sys/devices/virtual/workqueue/cpumask"), 16), 0b0011);
  assert.equal(await read("/proc/irq/default_smp_affinity"), "3");
  assert.equal(await read("/proc/sys/kernel/numa_balancing"), "0");
  // The manager itself runs on all CPUs again once the data plane has its cpuset: kernels before 6.2 take the mask back.
  assert.match(await read("/etc/systemd/system.conf.d/*dpdk*"), /^CPUAffinity=0-1$/m);
  assert.match(await lab.ssh("alpha", "apt-mark showhold"), /^dpdk-dev$/m);
  const units = "systemctl is-active dpdk-hugepages@0-2M.service dpdk-hugepages@1-2M.service hugepages.service";
  assert.equal(await lab.ssh("alpha", units), "active\nactive\nactive\n");
}

test("doctor finds what somebody changed by hand, mends what is safe, and then finds it gone", async () => {
  await lab.ssh("alpha", "sysctl -qw vm.max_map_count=65530");
  const found = await fleet("doctor", "alpha", "--json");
  assert.equal(found.code, 1, said(found));
  assert.match(found.out, /vm\.max_map_count/);
  const mended = await fleet("doctor", "alpha", "--fix");
  assert.match(said(mended), /sysctl/);
  assert.equal(await read("/proc/sys/vm/max_map_count"), "262144");
});

test("explain has nothing to do on a node that is as asked, the checklist answers ten rows from evidence", async () => {
  const explained = await fleet("explain", "alpha");
  assert.equal(explained.code, 0, said(explained));
  assert.match(explained.out, /nothing to do/);
  const checklist = await fleet("checklist", "alpha", "--json");
  const [alpha] = (JSON.parse(checklist.out) as { nodes: { rows: { state: string; evidence: string }[] }[] }).nodes;
  assert.equal(alpha?.rows.length, 10, said(checklist));
  for (const row of alpha?.rows ?? []) assert.ok(row.evidence !== "", JSON.stringify(row));
});

test("a kernel that comes with an update has the arguments after the next up, without a reboot", async () => {
  const before = (await lab.status()).alpha?.bootId;
  const another =
    "cd /boot && for f in vmlinuz initrd.img config System.map; do cp $f-$(uname -r) $f-6.1.0-99-amd64; done && " +
    "cp -al /lib/modules/$(uname -r) /lib/modules/6.1.0-99-amd64 && update-grub 2>/dev/null";
  await lab.ssh("alpha", `rm -f /etc/default/grub.d/zz-dpdk-fleet.cfg && ${another}`, 400);
  const done = await lab.up((all) => {
    withEverything(all);
    otherTopology(all);
    nodeOf(all, "alpha").files = [{ path: "/etc/pantheonchain/motto", content: "another kernel\n" }];
  });
  assert.equal(done.code, 0, said(done));
  const menu = await lab.ssh("alpha", "grep -c 'vmlinuz-6.1.0-99-amd64.*isolcpus=' /boot/grub/grub.cfg");
  assert.ok(Number.parseInt(menu, 10) >= 1, menu);
  assert.equal((await lab.status()).alpha?.bootId, before);
  await lab.ssh("alpha", "rm -rf /boot/*-6.1.0-99-amd64 /lib/modules/6.1.0-99-amd64 && update-grub 2>/dev/null", 400);
});

test("taken out of the fleet, the node is after its next boot what it was before: file by file, drivers, sysctl", async () => {
  const done = await lab.up((all) => {
    delete all.nodes.alpha;
    otherTopology(all);
  });
  assert.equal(done.code, 0, said(done));
  await reboot(lab.sshConfig(), "alpha", false, 900);
  assert.deepEqual(differences(untouched, await snapshot(lab.sshConfig(), "alpha", false)), []);
});

test("facts of a server that is no node, and a proposal made of them that the fleet file's own reader takes", async () => {
  const facts = await npx("facts", "alpha", "--json", "--fleet", "stacks/lab.fleet.yaml");
  assert.equal(facts.code, 0, said(facts));
  const proposed = await npx("propose", "alpha", "--fleet", "stacks/lab.fleet.yaml");
  assert.equal(proposed.code, 0, said(proposed));
  const file = join(lab.settings.cacheFolder, "lab", "proposed.fleet.yaml");
  writeFileSync(file, proposed.out);
  const [node] = loadFleet(file).nodes;
  assert.equal(node?.hardware.nics.get("data0")?.pci, "0000:01:00.0");
  assert.ok(!node?.cpus.isolated.includes(0));
  assert.deepEqual(
    differences(untouched, await snapshot(lab.sshConfig(), "alpha", false)),
    [],
    "nothing was left there",
  );
});

test("the lab comes back with its committed fleet file", async () => {
  const away = await lab.down(); // beta's machine is another one
  assert.equal(away.code, 0, said(away));
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});
