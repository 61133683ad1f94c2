import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { inputsHash } from "./inputs-hash";

let source: string;
const hash = () => inputsHash(source, join(source, "image"));
const write = (path: string, text: string) => writeFileSync(join(source, path), text);

beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), "program-"));
  for (const folder of ["image", "net", "build-of-mine"]) mkdirSync(join(source, folder));
  write("main.c", "int main;");
  write("net/udp.c", "int udp;");
  write("image/build.sh", "true");
});
afterEach(() => rmSync(source, { recursive: true }));

test("a changed, renamed or added file of the program or of the build is another hash", () => {
  const seen = new Set([hash()]);
  const another = (change: () => void) => {
    change();
    assert.ok(!seen.has(hash()));
    seen.add(hash());
  };
  another(() => write("main.c", "int main2;"));
  another(() => renameSync(join(source, "net/udp.c"), join(source, "net/ip.c")));
  another(() => write("net/empty.h", ""));
  another(() => write("image/build.sh", "false"));
});

test("what is for people, tests of the scripts, things compiled by hand and dates are the same hash", () => {
  const before = hash();
  write("README.md", "# new");
  write("build-of-mine/main.o", "binary");
  write("image/build.test.ts", "test");
  write(".clang-format", "");
  utimesSync(join(source, "main.c"), 1, 1);
  assert.equal(hash(), before);
});

test("a text that moves from one file to the next is another hash", () => {
  write("a.c", "xy");
  write("b.c", "");
  const before = hash();
  write("a.c", "x");
  write("b.c", "y");
  assert.notEqual(hash(), before);
});
