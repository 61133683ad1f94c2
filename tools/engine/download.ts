import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runChild } from "./child";
import { partialName } from "./partial";
import { PULUMI_VERSION } from "./versions";

/** Where the official releases are. */
export const RELEASES = "https://get.pulumi.com/releases/sdk";

/** Seconds until the server must have answered: where it is blocked, nobody should wait for it. */
const CONNECT_LIMIT = 5;
/** Seconds for the whole download: 90 MB over 1.5 Mbit/s. */
const DOWNLOAD_LIMIT = 480;

/** The folder with the downloaded programs, or why they cannot be had. */
export type Download = { folder: string } | { failed: string };

/** The folder of the official release in the cache, if it has been downloaded before. */
export function downloadedFolder(cacheFolder: string): string | undefined {
  const folder = join(cacheFolder, "engine", `official-${PULUMI_VERSION}`);
  return existsSync(folder) ? folder : undefined;
}

/** Downloads and unpacks the official release. The folder appears only when it is complete. */
export async function download(
  cacheFolder: string,
  log: (line: string) => void,
  options: { releases?: string; signal?: AbortSignal } = {},
): Promise<Download> {
  const archive = archiveName(process.platform, process.arch);
  if (archive === undefined) return { failed: `no official release for ${process.platform} ${process.arch}` };
  const parent = join(cacheFolder, "engine");
  const partial = partialName(join(parent, `official-${PULUMI_VERSION}`));
  const file = partialName(join(parent, archive));
  const url = `${options.releases ?? RELEASES}/${archive}`;
  try {
    await mkdir(partial, { recursive: true });
    log(`trying ${url}, ${CONNECT_LIMIT} s to connect`);
    await fetchToFile(url, file, options.signal);
    const unpacked = await runChild("tar", ["-xzf", file, "-C", partial, "--strip-components=1"]);
    if (unpacked.code !== 0) return { failed: `${archive} does not unpack: ${unpacked.err.split("\n")[0]}` };
    const said = await runChild(join(partial, "pulumi"), ["version"], { timeLimit: 20 });
    if (said.out.trim() !== `v${PULUMI_VERSION}`) return { failed: `${archive} does not run here` };
    const folder = join(parent, `official-${PULUMI_VERSION}`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return { folder };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { failed: `${url} cannot be had (${reason(error)})` };
  } finally {
    await rm(file, { force: true });
    await rm(partial, { recursive: true, force: true });
  }
}

/** The archive of a platform, named as Node.js names platforms; undefined if there is none. */
export function archiveName(platform: string, arch: string): string | undefined {
  const offered = ["linux", "darwin"].includes(platform) && ["x64", "arm64"].includes(arch);
  return offered ? `pulumi-v${PULUMI_VERSION}-${platform}-${arch}.tar.gz` : undefined;
}

async function fetchToFile(url: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const late = new AbortController();
  const connecting = setTimeout(
    () => late.abort(new Error(`no answer within ${CONNECT_LIMIT} s`)),
    CONNECT_LIMIT * 1000,
  );
  const limits = [late.signal, AbortSignal.timeout(DOWNLOAD_LIMIT * 1000), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(limits) });
    clearTimeout(connecting);
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    await pipeline(response.body, createWriteStream(file));
  } finally {
    clearTimeout(connecting);
  }
}

/** fetch says only "fetch failed"; what happened stands in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error ? cause.message : error.message;
}
