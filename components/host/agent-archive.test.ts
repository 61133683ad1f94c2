import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { unzipSync } from "fflate";
import { agentArchive, agentBytes } from "./agent-archive";

const sources = join(__dirname, "agent");

function inTemporaryFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "agent-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the archive is the same, bit for bit, from another folder at another time", () =>
  inTemporaryFolder((folder) => {
    const copy = join(folder, "copy");
    cpSync(sources, copy, { recursive: true, filter: (name) => !name.endsWith("/build") });
    utimesSync(join(copy, "__main__.py"), 1, 1);
    assert.deepEqual(agentBytes(copy), agentBytes(sources));
  }));

test("the archive is named after its content and holds no tests", () =>
  inTemporaryFolder((folder) => {
    const archive = agentArchive(sources, folder);
    assert.match(archive.path, new RegExp(`dpdk-node-agent-${archive.sha256.slice(0, 12)}\\.pyz$`));
    const outer = unzipSync(readFileSync(archive.path).subarray("#!/usr/bin/env python3\n".length));
    const inner = unzipSync(outer["modules.zip"] ?? new Uint8Array());
    assert.deepEqual(Object.keys(outer), ["__main__.py", "packed.py", "modules.zip"]);
    assert.ok(inner["dpdk_node_agent/cli.py"] && inner["dpdk_node_agent/nic-knowledge.json"]);
    assert.doesNotMatch(Object.keys(inner).join(" "), /test_|testing_|__pycache__/);
  }));

test("the archive reads its knowledge of cards from itself", () =>
  inTemporaryFolder((folder) => {
    const { path } = agentArchive(sources, folder);
    const find =
      "import sys; sys.path.insert(0, sys.argv[1]); import packed; sys.meta_path.append(packed.Modules(sys.argv[1]))";
    const ask = `${find}; from dpdk_node_agent.nicknowledge import card_with; print(card_with("8086:10c9")["name"])`;
    const name = execFileSync("python3", ["-c", ask, path], { cwd: folder });
    assert.equal(name.toString(), "Intel 82576\n");
  }));

test("the archive is small enough for a slow line", () => {
  // 200 KB is the bound that the project set itself.
  assert.ok(agentBytes(sources).length <= 200_000, `${agentBytes(sources).length} bytes`);
});

test("a changed source makes another archive", () =>
  inTemporaryFolder((folder) => {
    const copy = join(folder, "copy");
    cpSync(sources, copy, { recursive: true });
    const before = agentArchive(copy, folder);
    writeFileSync(join(copy, "dpdk_node_agent", "node.py"), "# changed\n");
    const after = agentArchive(copy, folder);
    assert.notEqual(after.sha256, before.sha256);
    assert.ok(existsSync(before.path) && existsSync(after.path));
  }));

test("the archive runs as a program", () =>
  inTemporaryFolder((folder) => {
    const archive = agentArchive(sources, folder);
    const help = execFileSync("python3", [archive.path, "--help"], { encoding: "utf8" });
    assert.match(help, /converge/);
  }));
