import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { addressesAt } from "./addresses";
import { type DiskSpec, makeDisk, removeDisk } from "./disk";
import { portBaseFile } from "./ports";
import { startTimeOf, writeRecord } from "./state";

let root: string;
let spec: DiskSpec;
const OPERATOR = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB operator";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lab-"));
  const base = join(root, "disk.raw");
  writeFileSync(base, "");
  truncateSync(base, 1 << 20);
  spec = {
    folder: join(root, "guests", "beta"),
    base,
    seed: { hostname: "beta", user: "operator", operatorPublicKey: OPERATOR, addresses: addressesAt(22000, 2) },
  };
});
afterEach(() => rmSync(root, { recursive: true }));

test("a guest gets a host key of its own, whose public half is answered, and a seed with what makes it itself", async () => {
  const key = await makeDisk(spec);
  assert.match(key, /^ssh-ed25519 \S+$/);
  const file = (path: string) =>
    execFileSync("tar", ["-xO", "-f", join(spec.folder, "seed.tar"), path], { encoding: "utf8" });
  assert.ok(file("etc/ssh/ssh_host_ed25519_key.pub").startsWith(key));
  assert.equal(file("etc/ssh/ssh_host_ed25519_key"), readFileSync(join(spec.folder, "ssh_host_ed25519_key"), "utf8"));
  assert.equal(file("home/operator/.ssh/authorized_keys"), `${OPERATOR}\n`);
  assert.match(
    file("etc/systemd/network/20-lan.network"),
    /MACAddress=52:54:00:1a:00:02\n\n\[Network\]\nAddress=10\.77\.0\.2\/24/,
  );
  for (const secret of ["seed.tar", "ssh_host_ed25519_key"]) {
    assert.equal(statSync(join(spec.folder, secret)).mode & 0o77, 0, `${secret} is for its owner alone`);
  }
});

test("a disk is made once: the second time answers the same key and touches nothing", async () => {
  const key = await makeDisk(spec);
  const before = statSync(join(spec.folder, "disk.qcow2")).mtimeMs;
  assert.equal(await makeDisk({ ...spec, base: "/a/newer/disk.raw" }), key);
  assert.equal(statSync(join(spec.folder, "disk.qcow2")).mtimeMs, before);
});

test("an interrupted start over is whole", async () => {
  await makeDisk(spec);
  rmSync(join(spec.folder, "disk.qcow2"));
  const key = await makeDisk(spec);
  assert.ok(readFileSync(join(spec.folder, "ssh_host_ed25519_key.pub"), "utf8").startsWith(key));
});

test("a guest that was made for another operator is not taken for this one's", async () => {
  await makeDisk(spec);
  const other = { ...spec, seed: { ...spec.seed, operatorPublicKey: "ssh-ed25519 BBBB other" } };
  await assert.rejects(makeDisk(other), /beta was made with another firmware, user, key or address .*npm run lab:down/);
});

test("a guest that was made for BIOS is not started with UEFI firmware, which its disk does not boot from", async () => {
  await makeDisk(spec);
  await assert.rejects(makeDisk({ ...spec, firmware: "uefi" }), /beta was made with another firmware, .*lab:down/);
});

test("without the lab's disk nothing is made", async () => {
  await assert.rejects(
    makeDisk({ ...spec, base: join(root, "missing.raw") }),
    /there is no lab disk .*; run `npm start`/,
  );
  assert.ok(!existsSync(spec.folder));
});

test("the last guest takes the folder of the guests with it, an earlier one only its own", async () => {
  const other = join(root, "guests", "alpha");
  mkdirSync(other, { recursive: true });
  writeFileSync(portBaseFile(join(root, "guests")), "22000\n");
  await makeDisk(spec);
  removeDisk(spec.folder);
  assert.ok(existsSync(other) && !existsSync(spec.folder));
  removeDisk(other);
  assert.ok(!existsSync(join(root, "guests")));
  removeDisk(other);
});

test("the disk of a running guest is not removed", async () => {
  await makeDisk(spec);
  const startTime = startTimeOf(process.pid) ?? "";
  writeRecord(spec.folder, {
    pid: process.pid,
    startTime,
    incarnation: 1,
    arguments: [],
    accelerator: "tcg",
    consoleStart: 0,
  });
  assert.throws(() => removeDisk(spec.folder), /still runs; stop it first/);
});
