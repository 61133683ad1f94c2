import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
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

/**
 * The archive's bytes: an interpreter line, then a zip without times and owners. What starts it lies there in plain sight; the
 * modules are a zip of their own, compressed as a whole (packed.py reads it): a third smaller than each by itself.
 */
export function agentBytes(sources: string): Uint8Array {
  const names = agentSources(sources);
  const isModule = (name: string) => name.includes("/");
  const content = (some: string[]) => Object.fromEntries(some.map((name) => [name, readFileSync(join(sources, name))]));
  const modules = zip(content(names.filter(isModule)), 0);
  const whole = zip({ ...content(names.filter((name) => !isModule(name))), "modules.zip": modules }, 9);
  return Buffer.concat([Buffer.from("#!/usr/bin/env python3\n"), whole]);
}

function zip(files: Record<string, Uint8Array>, level: 0 | 9): Uint8Array {
  // 1980 is the first year that the zip format can tell.
  return zipSync(files, { level, mtime: "1980-01-02T00:00:00Z", os: 3 });
}

function agentSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(py|json)$/.test(name) && !/(^|\/)(test_|testing_)[^/]*$/.test(name))
    .map((name) => name.split(sep).join("/"))
    .sort();
}
