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
  const first = inputsHash(folder, "bookworm");
  utimesSync(join(folder, "build.sh"), 1, 1);
  writeFileSync(join(folder, "disk.ts"), "not part of the recipe");
  assert.equal(inputsHash(folder, "bookworm"), first);
  assert.notEqual(inputsHash(folder, "trixie"), first);
  writeFileSync(join(folder, "files", "etc", "fstab"), "c");
  assert.notEqual(inputsHash(folder, "bookworm"), first);
  rmSync(folder, { recursive: true });
});

test("a disk that is there is taken as it is, without a word", async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "cache-"));
  mkdirSync(join(cacheFolder, "lab"));
  writeFileSync(labDiskPath(cacheFolder), "");
  assert.equal(await ensureLabDisk({ cacheFolder, log: assert.fail }), labDiskPath(cacheFolder));
  rmSync(cacheFolder, { recursive: true });
});
