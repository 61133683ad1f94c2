import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readRecord } from "../../components/lab/state";
import type { NodeStatus } from "../../infra/cli/lab/status";
import { guestFolder } from "../../infra/ssh-address";
import { changeKernel, nodeOf, said } from "./changes";
import { type Lab, theLab } from "./lab";

// Two nodes that run, and what may happen to them or to whoever changes them; each test leaves the lab as it found it.
let lab: Lab;
let made: Record<string, NodeStatus>;

before(async () => {
  lab = theLab();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  made = await lab.status();
});

test("the engine killed while a node reboots: the next up goes on, and the node has rebooted once", async () => {
  const change = (fleet: Parameters<typeof changeKernel>[0]) => changeKernel(fleet, "beta", ["nosoftlockup"]);
  await lab.upKilledAt(/beta reboots: trial boot/, change);
  const done = await lab.up(change);
  assert.equal(done.code, 0, said(done));
  const now = await lab.status();
  assert.ok(now.beta?.kernelArguments.running.includes("nosoftlockup"));
  assert.equal(now.beta?.reboots, (made.beta?.reboots ?? 0) + 1);
  assert.equal(now.alpha?.bootId, made.alpha?.bootId);
});

test("a guest that never comes back from its reboot: up fails within its time limit with the last console lines", async () => {
  const start = Date.now();
  // A kernel whose first process waits for ever: no panic, no systemd, so neither `panic=` nor the deadline can help.
  const failed = await lab.up((fleet) => {
    changeKernel(fleet, "alpha", ["rdinit=/bin/cat"]);
    changeKernel(fleet, "beta", ["nosoftlockup"]); // as the test before has left it: alpha is its bastion
    nodeOf(fleet, "alpha").limits = { answerSeconds: 120 };
  });
  const took = (Date.now() - start) / 1000;
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /alpha: gave up after 1\d\d s: its SSH server does not answer/);
  assert.match(said(failed), /alpha: its console ended with\n[\s\S]*\| .*cat/);
  assert.ok(took < 240, `its limit is 120 s, up took ${Math.round(took)} s`);
});

test("its power cut, it boots its previous kernel, and the corrected fleet file goes through without another reboot", async () => {
  const record = readRecord(guestFolder(lab.settings.labFolder, "alpha"));
  assert.ok(record !== null);
  process.kill(record.pid, "SIGKILL");
  const done = await lab.up((fleet) => changeKernel(fleet, "beta", ["nosoftlockup"]));
  assert.equal(done.code, 0, said(done));
  const now = await lab.status();
  assert.deepEqual(now.alpha?.kernelArguments.missing, []);
  assert.ok(!now.alpha?.kernelArguments.running.includes("rdinit=/bin/cat"));
});
