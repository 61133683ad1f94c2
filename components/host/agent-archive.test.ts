import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
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
    const names = execFileSync("python3", ["-m", "zipfile", "-l", archive.path], { encoding: "utf8" });
    assert.match(names, /dpdk_node_agent\/cli\.py/);
    assert.match(names, /dpdk_node_agent\/nic-knowledge\.json/);
    assert.doesNotMatch(names, /test_|testing_|__pycache__/);
  }));

test("the archive reads its knowledge of cards from itself", () =>
  inTemporaryFolder((folder) => {
    const { path } = agentArchive(sources, folder);
    const ask = "import sys; sys.path.insert(0, sys.argv[1]); from dpdk_node_agent.nicknowledge import card_with; ";
    const name = execFileSync("python3", ["-c", `${ask}print(card_with("8086:10c9")["name"])`, path], { cwd: folder });
    assert.equal(name.toString(), "Intel 82576\n");
  }));

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
