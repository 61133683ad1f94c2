import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeKernel, nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { differences, reboot, type Snapshot, snapshot } from "./snapshot";
import { everyStageIsOk } from "./stages";

// A node whose GRUB cannot write its environment: /boot is on btrfs, so trial boots go by the firmware's BootNext.
let lab: Lab;
let untouched: Snapshot;

before(() => {
  lab = theLab();
});

after(async () => {
  await lab.down();
});

/** One machine with UEFI firmware in place of the lab's two. Its data NIC has no partner, so it serves nothing. */
const uefi = (fleet: FleetYaml) => {
  const machines = fleet.machines as Record<string, Record<string, unknown>>;
  machines.alpha = { ...machines.alpha, firmware: "uefi" };
  delete machines.beta;
  delete fleet.nodes.beta;
  const profile = (fleet.profiles as Record<string, Record<string, unknown>>).dpdk;
  delete profile?.service;
  delete profile?.dataPlane;
  delete nodeOf(fleet, "alpha").dataPlane;
  nodeOf(fleet, "alpha").limits = { answerSeconds: 1800 };
};

test("a machine with UEFI firmware that is no node yet: what it is is written down", async () => {
  const away = await lab.down();
  assert.equal(away.code, 0, said(away));
  const done = await lab.up((fleet) => {
    uefi(fleet);
    fleet.nodes = {};
  });
  assert.equal(done.code, 0, said(done));
  untouched = await snapshot(lab.sshConfig(), "alpha", false);
});

test("arguments that panic are tried once, the node is back on its previous kernel by itself, and up fails with the reason", async () => {
  const failed = await lab.up((fleet) => {
    uefi(fleet);
    changeKernel(fleet, "alpha", ["rdinit=/nowhere"]);
  });
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /the trial boot failed.*rdinit=\/nowhere/s);
  assert.doesNotMatch(await lab.ssh("alpha", "cat /proc/cmdline"), /rdinit|isolcpus/);
  assert.doesNotMatch(await lab.ssh("alpha", "efibootmgr"), /dpdk-fleet|BootNext/);
});

test("the corrected fleet file goes through by BootNext, and nothing of the trial stays on the EFI partition", async () => {
  const done = await lab.up(uefi);
  assert.equal(done.code, 0, said(done));
  const node = (await lab.status()).alpha;
  assert.deepEqual(node?.kernelArguments.missing, []);
  assert.equal(node?.isolated.running, "2-3");
  everyStageIsOk(node);
  assert.doesNotMatch(await lab.ssh("alpha", "efibootmgr; ls /boot/efi/EFI"), /dpdk-fleet|BootNext/);
});

test("the arguments are there for good: the node's own next boot has them", async () => {
  await reboot(lab.sshConfig(), "alpha", false, 900);
  assert.match(await lab.ssh("alpha", "cat /proc/cmdline"), /isolcpus=managed_irq,domain,2-3/);
});

test("taken out of the fleet, it is after its next boot what it was before: file by file, drivers, sysctl", async () => {
  const done = await lab.up((fleet) => {
    uefi(fleet);
    fleet.nodes = {};
  });
  assert.equal(done.code, 0, said(done));
  await reboot(lab.sshConfig(), "alpha", false, 900);
  assert.deepEqual(differences(untouched, await snapshot(lab.sshConfig(), "alpha", false)), []);
});
