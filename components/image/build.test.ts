import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { buildImage } from "./build";
import type { BuildSpec } from "./build-command";
import { pushedFile, readPushed } from "./pushed";

// A script of build.sh's name, so that what is tested here is how its words are taken.
const DIGEST = `sha256:${"ab".repeat(32)}`;
let folder: string;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the digest is answered and remembered, and the steps are told", async () => {
  scriptIs(`echo "step: compiling" >&2; echo ${DIGEST}`);
  assert.equal(await build(), DIGEST);
  assert.deepEqual(lines, ["image: compiling"]);
  const pushed = readPushed(pushedFile(spec()));
  assert.deepEqual(pushed, { repository: "localhost:5000/a", digest: DIGEST, push: 4 });
});

test("a build that fails ends with its own last line, and the others are told before", async () => {
  scriptIs('echo "main.c:1: error: x" >&2; echo "image: pantheon-node could not be compiled; see above" >&2; exit 1');
  await assert.rejects(build(), { message: "pantheon-node could not be compiled; see above" });
  assert.deepEqual(lines, ["main.c:1: error: x"]);
  assert.ok(!existsSync(pushedFile(spec())));
});

test("a program that fails under it is told with the step and its reason", async () => {
  scriptIs('echo "step: build tree" >&2; echo "E: no mirror" >&2; echo "cleaning" >&2; exit 100');
  await assert.rejects(build(), /could not be built, at step "build tree": E: no mirror; mend that/);
});

test("what is no digest is not taken for one", async () => {
  scriptIs("echo done");
  await assert.rejects(build(), /done is no digest/);
});

test("a missing script is one clear line", async () => {
  await assert.rejects(build(), /build\.sh cannot be run: .*ENOENT; see that it is there/);
});

function build(): Promise<string> {
  return buildImage(spec(), (line) => lines.push(line));
}

function spec(): BuildSpec {
  return {
    source: "/source",
    recipe: folder,
    inputs: "x",
    cacheFolder: folder,
    repository: "localhost:5000/a",
    plainHttp: true,
    authFile: null,
    pmds: ["net_e1000"],
    base: "bookworm",
    dpdk: null,
    refresh: "",
    mirrors: [],
    push: 4,
  };
}

function scriptIs(text: string): void {
  writeFileSync(join(folder, "build.sh"), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, "build.sh"), 0o755);
}
