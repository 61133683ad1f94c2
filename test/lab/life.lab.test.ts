import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readRecord } from "../../components/lab/state";
import type { NodeStatus } from "../../infra/cli/lab/status";
import { guestFolder } from "../../infra/ssh-address";
import { changeKernel, said } from "./changes";
import { type Lab, theLab } from "./lab";
import { occupyPort } from "./occupied-port";
import { differences, reboot, type Snapshot, snapshot } from "./snapshot";
import { everyStageIsOk } from "./stages";

// The life of two nodes in the order in which it happens; every test begins with the lab as the one before has left it.
let lab: Lab;
let untouched: Snapshot;
let made: Record<string, NodeStatus>;

before(() => {
  lab = theLab();
});

test("machines that are no nodes yet, although another program has the lab's usual port: what they are is written down", async () => {
  const away = await lab.down();
  assert.equal(away.code, 0, said(away));
  const release = await occupyPort(22001);
  const done = await lab
    .up((fleet) => {
      fleet.nodes = {};
    })
    .finally(release);
  assert.equal(done.code, 0, said(done));
  untouched = await snapshot(lab.sshConfig(), "beta", true);
  assert.ok(untouched.length > 1000);
});

test("a node whose first arguments panic is back on its previous kernel by itself, up fails with the reason, the other node is made", async () => {
  const failed = await lab.up((fleet) => changeKernel(fleet, "beta", ["rdinit=/nowhere"]));
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /beta.*the trial boot failed|the trial boot failed.*rdinit=\/nowhere/s);
  assert.match(said(failed), /its console ended with/);
  made = await lab.status();
  assert.equal(made.alpha?.reboots, 1);
  everyStageIsOk(made.alpha);
  assert.deepEqual(
    made.beta?.kernelArguments.running.filter((token) => /rdinit|isolcpus|iommu/.test(token)),
    [],
  );
});

test("taken out of the fleet file after its failed up, it is what it was before: file by file, drivers, sysctl", async () => {
  const done = await lab.up((fleet) => {
    delete fleet.nodes.beta;
  });
  assert.equal(done.code, 0, said(done));
  assert.deepEqual(differences(untouched, await snapshot(lab.sshConfig(), "beta", true)), []);
});

test("a fleet file goes in, two DPDK nodes come out, each after exactly one reboot", async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  const before = made;
  made = await lab.status();
  assert.equal(made.alpha?.bootId, before.alpha?.bootId, "alpha was a node already");
  for (const node of Object.values(made)) {
    assert.equal(node.reboots, 1, `${node.node} rebooted ${node.reboots} times`);
    assert.deepEqual(node.kernelArguments.missing, []);
    assert.equal(node.isolated.running, "2-3");
    for (const pool of node.hugepages) assert.equal(pool.pages, pool.asked);
    const functions = node.nics.filter((nic) => nic.function !== "pf");
    assert.deepEqual(
      functions.map((nic) => nic.driver),
      ["vfio-pci", "vfio-pci"],
    );
    const groups = new Set(functions.map((nic) => nic.iommuGroup));
    assert.equal(groups.size, 2, "each function has an IOMMU group of its own");
    everyStageIsOk(node);
  }
  assert.match(done.out, /sent [1-9]\d*, received [1-9]\d*/);
  assert.match(said(done), /dpdk-fleet@v\d/, "the policies have judged it");
});

test("a second up changes nothing: no resource, no reboot", async () => {
  const done = await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(done.code, 0, said(done));
  const now = await lab.status();
  for (const [name, node] of Object.entries(now)) assert.equal(node.bootId, made[name]?.bootId);
});

test("a file that changes on one node reboots nothing", async () => {
  const done = await lab.up((fleet) => {
    const node = fleet.nodes.beta;
    if (node !== undefined) node.files = [{ path: "/etc/pantheonchain/motto", content: "packets first\n" }];
  });
  assert.equal(done.code, 0, said(done));
  const now = await lab.status();
  for (const [name, node] of Object.entries(now)) assert.equal(node.bootId, made[name]?.bootId, `${name} has rebooted`);
});

test("one changed argument reboots the node that it concerns, and no other", async () => {
  const done = await lab.up((fleet) => changeKernel(fleet, "beta", ["nosoftlockup"]));
  assert.equal(done.code, 0, said(done));
  const now = await lab.status();
  assert.ok(now.beta?.kernelArguments.running.includes("nosoftlockup"));
  assert.equal(now.beta?.reboots, 2);
  assert.equal(now.alpha?.bootId, made.alpha?.bootId);
});

test("a machine that is gone is started again, and nothing else is changed", async () => {
  const record = readRecord(guestFolder(lab.settings.labFolder, "beta"));
  assert.ok(record !== null);
  process.kill(record.pid, "SIGKILL");
  const done = await lab.up((fleet) => changeKernel(fleet, "beta", ["nosoftlockup"]));
  assert.equal(done.code, 0, said(done));
  assert.match(said(done), /1 updated/);
  const now = await lab.status();
  everyStageIsOk(now.beta);
});

test("a node taken out of the fleet file is, after its next boot, what it was before: file by file, drivers, sysctl", async () => {
  const done = await lab.up((fleet) => {
    delete fleet.nodes.beta;
  });
  assert.equal(done.code, 0, said(done));
  // What the running kernel was told at its boot stays until the next one: pages, isolation, what it derives from them.
  await reboot(lab.sshConfig(), "beta", true);
  assert.deepEqual(differences(untouched, await snapshot(lab.sshConfig(), "beta", true)), []);
});
