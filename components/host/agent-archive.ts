import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { zipSync } from "fflate";

/** The node agent as one executable file. */
export interface AgentArchive {
  /** Where it lies on the operator's machine. */
  path: string;
  /** SHA-256 of its bytes, in hexadecimal; also in its name. */
  sha256: string;
}

/**
 * Builds the node agent: a Python zipapp that is the same, bit for bit, wherever it is built from the same sources.
 * Written once per content into `folder`; an archive that is there is used.
 */
export function agentArchive(sources = join(__dirname, "agent"), folder = join(sources, "build")): AgentArchive {
  const bytes = agentBytes(sources);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = join(folder, `dpdk-node-agent-${sha256.slice(0, 12)}.pyz`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, bytes, { mode: 0o755 });
    renameSync(temporary, path);
  }
  return { path, sha256 };
}

/** The archive's bytes: an interpreter line, then a zip of the sources in order of their names, without times and owners. */
export function agentBytes(sources: string): Uint8Array {
  const files: Record<string, [Uint8Array, { level: 9; mtime: string }]> = {};
  for (const path of agentSources(sources)) {
    files[relative(sources, path).split(sep).join("/")] = [
      readFileSync(path),
      // 1980 is the first year that the zip format can tell.
      { level: 9, mtime: "1980-01-02T00:00:00Z" },
    ];
  }
  return Buffer.concat([Buffer.from("#!/usr/bin/env python3\n"), zipSync(files, { os: 3 })]);
}

function agentSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(py|json)$/.test(name) && !/(^|\/)(test_|testing_)[^/]*$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
