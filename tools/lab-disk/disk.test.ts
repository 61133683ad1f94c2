import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ensureLabDisk, inputsHash, labDiskPath } from "./disk";

test("a disk's name changes with every file of its recipe and with the suite, and with nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-"));
  mkdirSync(join(folder, "files", "etc"), { recursive: true });
  writeFileSync(join(folder, "build.sh"), "a");
  writeFileSync(join(folder, "files", "etc", "fstab"), "b");
  const first = inputsHash([folder], "bookworm");
  utimesSync(join(folder, "build.sh"), 1, 1);
  writeFileSync(join(folder, "disk.ts"), "not part of the recipe");
  assert.equal(inputsHash([folder], "bookworm"), first);
  assert.notEqual(inputsHash([folder], "trixie"), first);
  writeFileSync(join(folder, "files", "etc", "fstab"), "c");
  assert.notEqual(inputsHash([folder], "bookworm"), first);
  rmSync(folder, { recursive: true });
});

test("the disk for UEFI is another, and changes with the recipe of the one for BIOS too", () => {
  assert.match(labDiskPath("/cache", "uefi"), /^\/cache\/lab\/disk-uefi-[0-9a-f]{12}\.raw$/);
  assert.match(labDiskPath("/cache"), /^\/cache\/lab\/disk-[0-9a-f]{12}\.raw$/);
  const [bios, uefi] = [mkdtempSync(join(tmpdir(), "bios-")), mkdtempSync(join(tmpdir(), "uefi-"))];
  writeFileSync(join(bios, "packages.txt"), "a");
  writeFileSync(join(uefi, "packages.txt"), "b");
  const before = [inputsHash([bios], "bookworm"), inputsHash([uefi, bios], "bookworm")];
  writeFileSync(join(uefi, "packages.txt"), "c");
  const after = [inputsHash([bios], "bookworm"), inputsHash([uefi, bios], "bookworm")];
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  writeFileSync(join(bios, "packages.txt"), "d");
  assert.notEqual(inputsHash([uefi, bios], "bookworm"), after[1]);
  for (const folder of [bios, uefi]) rmSync(folder, { recursive: true });
});

test("a disk that is there is taken as it is, without a word", async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "cache-"));
  mkdirSync(join(cacheFolder, "lab"));
  for (const firmware of ["bios", "uefi"] as const) {
    writeFileSync(labDiskPath(cacheFolder, firmware), "");
    const disk = await ensureLabDisk({ cacheFolder, firmware, log: assert.fail });
    assert.equal(disk, labDiskPath(cacheFolder, firmware));
  }
  rmSync(cacheFolder, { recursive: true });
});
