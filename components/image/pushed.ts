import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildSpec, imageFolder } from "./build-command";

/** What this machine pushed last to one repository, of one base. */
export interface Pushed {
  repository: string;
  digest: string;
  /** Grows by one with every push that a lost image made necessary. */
  push: number;
}

/** Where that is kept: a file for a repository and a base. */
export function pushedFile({
  cacheFolder,
  repository,
  base,
}: Pick<BuildSpec, "cacheFolder" | "repository" | "base">): string {
  const name = createHash("sha256").update(`${repository} ${base}`).digest("hex").slice(0, 12);
  return join(imageFolder(cacheFolder), `pushed-${name}.json`);
}

/** Null where nothing was pushed there from this machine. */
export function readPushed(file: string): Pushed | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Pushed;
  } catch {
    return null;
  }
}

export function writePushed(file: string, pushed: Pushed): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(pushed, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}

export function forgetPushed(file: string): void {
  rmSync(file, { force: true });
}
