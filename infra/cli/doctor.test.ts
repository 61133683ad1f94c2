import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { diagnose } from "./doctor";

const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-doctor-"));
const path = process.env.PATH;
after(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

test("a node that answers what is no finding is an error of its own and hides no other node", async () => {
  writeFileSync(join(folder, "ssh"), '#!/bin/sh\ncase "$*" in *alpha*) echo hello;; *) echo "[]";; esac\n');
  chmodSync(join(folder, "ssh"), 0o755);
  process.env.PATH = `${folder}:${path}`;
  const call = (node: string) => ({ node, sshConfig: "/dev/null", sudo: false });
  assert.deepEqual(await Promise.all(["alpha", "beta"].map((node) => diagnose(call(node), false))), [
    { node: "alpha", error: 'the agent of alpha answered "hello\\n", which are no findings; report this' },
    { node: "beta", findings: [], fixed: [] },
  ]);
});
