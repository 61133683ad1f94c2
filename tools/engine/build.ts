import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runChild } from "./child";
import { buildArguments, buildEnvironment, type Component, inputHash } from "./component";
import { EngineError } from "./errors";
import { goVersion } from "./go";
import { partialName } from "./partial";
import { isProgram } from "./search-path";

/** A program in the cache. */
export interface Built {
  file: string;
  folder: string;
  /** Hash of what it was made from. */
  hash: string;
}

/** How often a build that goes on says so, in seconds. */
const PROGRESS_EVERY = 15;

/** Where a component's program is or will be in the cache. Needs Go: its version is one of the inputs. */
export async function placeOf(component: Component, cacheFolder: string, sources = __dirname): Promise<Built> {
  const module = join(sources, component.module);
  const hash = await inputHash(component, module, await goVersion(module, component.purpose));
  const folder = join(cacheFolder, "engine", `${component.program}-${hash}`);
  return { file: join(folder, component.program), folder, hash };
}

/** Builds a component from Go modules unless the cache has it. Interrupted, it leaves nothing that counts as built. */
export async function build(
  component: Component,
  cacheFolder: string,
  log: (line: string) => void,
  options: { sources?: string; signal?: AbortSignal } = {},
): Promise<Built> {
  const sources = options.sources ?? __dirname;
  const place = await placeOf(component, cacheFolder, sources);
  if (isProgram(place.file)) return place;
  await mkdir(place.folder, { recursive: true });
  const partial = partialName(join(place.folder, component.program));
  log(`${component.program}: building from Go modules, about ${minutes(component.usual)} from an empty Go cache`);
  try {
    await goBuild(component, join(sources, component.module), partial, log, options.signal);
    await rename(partial, place.file);
  } finally {
    await rm(partial, { force: true });
  }
  await removeOthers(component, cacheFolder, place);
  return place;
}

async function goBuild(
  component: Component,
  folder: string,
  output: string,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = Date.now();
  const seen = { packages: 0, modules: 0 };
  const progress = setInterval(
    () =>
      log(`${component.program}: ${since(start)}, ${seen.modules} modules fetched, ${seen.packages} packages compiled`),
    PROGRESS_EVERY * 1000,
  );
  try {
    const ended = await runChild("go", buildArguments(component, output), {
      folder,
      environment: { GOFLAGS: `${process.env.GOFLAGS ?? ""} -mod=readonly`.trim(), ...buildEnvironment(component) },
      onErrorLine: (line) => {
        if (line.startsWith("go: downloading")) seen.modules += 1;
        else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) seen.packages += 1;
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (ended.code !== 0) throw buildError(component, folder, ended.err);
    log(`${component.program}: built in ${since(start)}`);
  } finally {
    clearInterval(progress);
  }
}

/** Go's own words without the names of packages that went well. */
function buildError(component: Component, folder: string, err: string): EngineError {
  const said = err.split("\n").filter((line) => /:|error|fail|kill/i.test(line) && !line.startsWith("go: downloading"));
  const why = said.slice(-3).join(" / ") || "go was ended by a signal";
  return new EngineError(
    `${component.program} was not built: ${why}`,
    `see whether \`go build ./...\` in ${folder} reaches the Go module proxy, then run this again`,
  );
}

/** Programs of earlier inputs are 20 to 120 MB each and never used again. */
async function removeOthers(component: Component, cacheFolder: string, keep: Built): Promise<void> {
  const folder = join(cacheFolder, "engine");
  const ours = new RegExp(`^${component.program}-[0-9a-f]{16}$`);
  for (const name of await readdir(folder)) {
    if (ours.test(name) && join(folder, name) !== keep.folder) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

function since(start: number): string {
  const seconds = Math.round((Date.now() - start) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
