import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { type TarEntry, tarArchive } from "./tar";

const entries: TarEntry[] = [
  { path: "etc/hostname", mode: 0o644, uid: 0, gid: 0, content: "alpha\n" },
  { path: "home/operator/.ssh/", mode: 0o700, uid: 1000, gid: 100, content: "" },
  { path: "home/operator/.ssh/authorized_keys", mode: 0o600, uid: 1000, gid: 100, content: "ssh-ed25519 AAAA\n" },
];

test("tar itself finds the files with their owners and modes", () => {
  const listing = execFileSync("tar", ["-tv", "--numeric-owner", "--utc"], {
    input: tarArchive(entries),
    encoding: "utf8",
  });
  assert.deepEqual(
    listing
      .trim()
      .split("\n")
      .map((line) => line.replace(/ +/g, " ")),
    [
      "-rw-r--r-- 0/0 6 1970-01-01 00:00 etc/hostname",
      "drwx------ 1000/100 0 1970-01-01 00:00 home/operator/.ssh/",
      "-rw------- 1000/100 17 1970-01-01 00:00 home/operator/.ssh/authorized_keys",
    ],
  );
});

test("an archive is whole sectors, as a disk must be", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2000, unit: "grapheme" }), (content) => {
      const archive = tarArchive([{ path: "file", mode: 0o644, uid: 0, gid: 0, content }]);
      assert.equal(archive.length % 512, 0);
      assert.equal(archive.toString("utf8", 512, 512 + Buffer.byteLength(content)), content);
    }),
  );
});

test("a path that does not fit is refused", () => {
  assert.throws(
    () => tarArchive([{ path: "x".repeat(101), mode: 0, uid: 0, gid: 0, content: "" }]),
    /at most 100 bytes/,
  );
});
