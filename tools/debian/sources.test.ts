import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { mirrorOf, parseSources, readSources } from "./sources";

const SOURCES = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Enabled: no
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
`;
const LIST = `# deb http://old.example/debian bookworm main
deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] https://other.example/debian bookworm-backports main
deb-src http://mirror.example/debian bookworm main
`;

test("both forms of apt's sources are read, and what is switched off is not", () => {
  assert.deepEqual(parseSources("debian.sources", SOURCES), [
    { uri: "http://mirror.example/debian", suite: "bookworm" },
    { uri: "http://mirror.example/debian", suite: "bookworm-updates" },
  ]);
  assert.deepEqual(parseSources("x.list", LIST), [
    { uri: "https://other.example/debian", suite: "bookworm-backports" },
  ]);
});

test("a mirror that people chose is found, one that can only be reached on this machine is not taken", () => {
  const sources = [{ uri: "file:/media/cdrom", suite: "bookworm" }, ...parseSources("a.sources", SOURCES)];
  assert.equal(mirrorOf(sources, "bookworm"), "http://mirror.example/debian");
  assert.equal(mirrorOf(sources, "bookworm-backports"), null);
});

test("all files that apt reads are read", () => {
  const folder = mkdtempSync(join(tmpdir(), "apt-"));
  mkdirSync(join(folder, "sources.list.d"));
  writeFileSync(join(folder, "sources.list"), "deb http://a.example/debian bookworm main\n");
  writeFileSync(join(folder, "sources.list.d", "b.sources"), SOURCES);
  writeFileSync(join(folder, "sources.list.d", "c.list.save"), LIST);
  assert.equal(readSources(folder).length, 3);
  assert.deepEqual(readSources(join(folder, "missing")), []);
  rmSync(folder, { recursive: true });
});
