import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { LabGuest, type LabGuestArgs } from "./guest";

interface Made {
  type: string;
  name: string;
  inputs: { create?: string; delete?: string; environment?: Record<string, string>; interpreter?: string[] };
}

const made: Made[] = [];
const root = mkdtempSync(join(tmpdir(), "lab-"));
after(() => rmSync(root, { recursive: true }));

const args: LabGuestArgs = {
  hostname: "alpha",
  index: 1,
  folder: join(root, "guests", "alpha"),
  disk: join(root, "disk.raw"),
  numaNodes: [{ cpus: [0, 1], memoryKiB: 1310720 }],
  accelerator: "tcg",
  peers: [2],
  direct: true,
  user: "root",
  operatorPublicKey: "ssh-ed25519 AAAA operator",
};

test("a guest is a component with two commands, of which the second starts it", async () => {
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      return { id: name, state: { ...inputs, stdout: "ssh-ed25519 HOST" } };
    },
  });
  const guest = new LabGuest("machine-alpha", args);
  assert.equal(await new Promise((resolve) => guest.hostKey.apply(resolve)), "ssh-ed25519 HOST");
  assert.equal(guest.consoleLog, join(args.folder, "console.log"));
  assert.deepEqual(
    made.map(({ type, name, inputs }) => [type, name, inputs.create, inputs.delete]),
    [
      ["dpdk-fleet:lab:Guest", "machine-alpha", undefined, undefined],
      ["command:local:Command", "machine-alpha-disk", "make-disk", "remove-disk"],
      ["command:local:Command", "machine-alpha-power", "power-on", "power-off"],
    ],
  );
  const [, disk, power] = made;
  assert.equal(JSON.parse(disk?.inputs.environment?.LAB_DISK_SPEC ?? "").seed.hostname, "alpha");
  const spec = JSON.parse(power?.inputs.environment?.LAB_POWER_SPEC ?? "");
  assert.deepEqual([spec.incarnation, spec.sshPort, spec.limit], [1, guest.sshPort, 300]);
  assert.equal(power?.inputs.interpreter?.[0], "node");
});
