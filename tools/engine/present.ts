import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { runChild } from "./child";
import { findOnPath, isProgram } from "./search-path";
import { isAtLeast, OLDEST_PULUMI } from "./versions";

/** A `pulumi` that was on PATH, or why there is none to use. */
export type Present = { pulumi: string; version: string } | { unusable: string };

/** Looks for a `pulumi` of the user's own: new enough, with the Node.js language host. Ours in the cache does not count. */
export async function findPresent(path: string, cacheFolder: string): Promise<Present> {
  const pulumi = findOnPath("pulumi", path, cacheFolder);
  if (pulumi === undefined) return { unusable: "no pulumi on PATH" };
  const said = await runChild(pulumi, ["version"], {
    timeLimit: 20,
    environment: { PULUMI_SKIP_UPDATE_CHECK: "1" },
  }).catch((error: Error) => ({ code: undefined, out: "", err: error.message }));
  const version = said.out.trim();
  if (said.code !== 0) return { unusable: `${pulumi} version failed` };
  if (!isAtLeast(version, OLDEST_PULUMI)) {
    return { unusable: `${pulumi} is ${version}, ${OLDEST_PULUMI} or newer is needed (onError hooks)` };
  }
  const host = "pulumi-language-nodejs";
  const beside = [dirname(pulumi), dirname(realpathSync(pulumi))].map((folder) => join(folder, host));
  if (!beside.some(isProgram) && findOnPath(host, path, cacheFolder) === undefined) {
    return { unusable: `${pulumi} has no ${host} beside it or on PATH` };
  }
  return { pulumi, version };
}
