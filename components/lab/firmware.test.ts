import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { kvmProbe } from "./accelerator";
import { firmwareOf, makeVariables, VARIABLES } from "./firmware";

let folder: string;
let empty: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firmware-"));
  empty = join(folder, "empty.fd");
  writeFileSync(empty, "no variables");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a UEFI guest begins with empty variables of its own, a BIOS guest has none, whatever an interrupted start left", () => {
  writeFileSync(join(folder, VARIABLES), "half of them");
  makeVariables(folder, "uefi", empty);
  assert.equal(readFileSync(join(folder, VARIABLES), "utf8"), "no variables");
  assert.equal(firmwareOf(folder), "uefi");
  makeVariables(folder, "bios", empty);
  assert.ok(!existsSync(join(folder, VARIABLES)));
  assert.equal(firmwareOf(folder), "bios");
});

test("firmware that is not installed is one clear line with its remedy", () => {
  assert.throws(() => makeVariables(folder, "uefi", "/missing.fd"), {
    message: "there is no UEFI firmware /missing.fd; install the package ovmf (`npm start` does)",
  });
});

test("KVM is probed with the firmware that the disk boots from, and nothing of it is kept", () => {
  assert.ok(!kvmProbe("/lab/disk.raw").command.includes("-bios"));
  const uefi = kvmProbe("/lab/disk.raw", "uefi").command;
  assert.equal(uefi[uefi.indexOf("-bios") + 1], "/usr/share/ovmf/OVMF.fd");
});
