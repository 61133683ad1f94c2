import { link, mkdir, rename, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { build, placeOf } from "./build";
import { ensureCommandPlugin } from "./command-plugin";
import { CLI, COMMAND_PROVIDER, type Component, LANGUAGE_HOST } from "./component";
import { download, downloadedFolder } from "./download";
import { EngineError } from "./errors";
import { partialName, removeStale } from "./partial";
import { findPresent } from "./present";
import { isProgram } from "./search-path";
import { PULUMI_VERSION } from "./versions";

export { EngineError } from "./errors";

/** A Pulumi engine that can be used. */
export interface Engine {
  /** The `pulumi` program. */
  pulumi: string;
  /** What to add to the environment of whoever starts it: PATH, PULUMI_HOME where it is not the user's own, … */
  environment: Record<string, string>;
  /** Which one was taken: the user's own, the official download, or one built from Go modules. */
  how: "present" | "downloaded" | "built";
  /** Why that one, and which command plugin it has; part of one line. */
  why: string;
}

/** What `ensureEngine` needs. */
export interface EngineOptions {
  /** The project's cache folder; made if it is missing. */
  cacheFolder: string;
  /** Gets each line of progress. */
  log: (line: string) => void;
  /** Stops it; whatever is half done is left out of the cache. */
  signal?: AbortSignal;
  /** Where to look for a `pulumi` of the user's own. Default: $PATH. */
  path?: string;
  /** Where the official releases are. Default: Pulumi's own server. */
  releases?: string;
}

/**
 * Finds or makes a Pulumi engine with the Node.js language host and the command plugin: the user's own, else the official
 * release, else built from Go modules. Repeatable: with a filled cache it takes less than a second.
 *
 * @throws EngineError if it must be built and Go is missing, too old, or does not reach its modules.
 * @example
 * const engine = await ensureEngine({ cacheFolder: ".cache", log: console.error });
 * spawn(engine.pulumi, ["preview"], { env: { ...process.env, ...engine.environment } });
 */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const cacheFolder = resolve(options.cacheFolder);
  await mkdir(join(cacheFolder, "engine"), { recursive: true });
  await removeStale(join(cacheFolder, "engine"));
  const chosen = await choose({ ...options, cacheFolder });
  const home = chosen.how === "present" ? undefined : join(cacheFolder, "pulumi-home");
  const plugin = await ensureCommandPlugin({
    pulumi: chosen.pulumi,
    cacheFolder,
    home,
    tryOfficial: chosen.how !== "built",
    log: options.log,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const engine: Engine = {
    pulumi: chosen.pulumi,
    how: chosen.how,
    why: `${chosen.why}; ${plugin}`,
    environment: {
      PATH: [...chosen.folders, process.env.PATH ?? ""].join(delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // Its plugins are built, too. Without this it tries at each start to download that of AWS, which most stacks do not ask for: 2.5 s.
      ...(chosen.how === "built" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
      ...(home === undefined ? {} : { PULUMI_HOME: home }),
    },
  };
  options.log(`engine: ${describe(engine)}`);
  return engine;
}

/** One line: which engine was taken and why. */
export function describe(engine: Engine): string {
  const taken = {
    present: "the pulumi that is already there",
    downloaded: "the official download",
    built: "built from Go modules",
  };
  return `${taken[engine.how]}, ${engine.pulumi} (${engine.why})`;
}

type Chosen = Pick<Engine, "pulumi" | "how" | "why"> & {
  /** Folders to put in front of PATH. */
  folders: string[];
};

async function choose(options: EngineOptions): Promise<Chosen> {
  const present = await findPresent(options.path ?? process.env.PATH ?? "", options.cacheFolder);
  if (!("unusable" in present)) {
    const why = `${present.version} on PATH`;
    return { pulumi: present.pulumi, how: "present", why, folders: [dirname(present.pulumi)] };
  }
  const earlier = downloadedFolder(options.cacheFolder);
  if (earlier !== undefined) return downloaded(earlier, present.unusable);
  const cached = await cachedBuild(options);
  if (cached !== undefined) return { ...cached, why: `${present.unusable}; built earlier` };
  const fetched = await download(options.cacheFolder, options.log, options);
  if ("folder" in fetched) return downloaded(fetched.folder, present.unusable);
  const why = `${present.unusable}; ${fetched.failed}`;
  options.log(`building the engine: ${why}`);
  return { ...(await buildAll(options)), why };
}

function downloaded(folder: string, unusable: string): Chosen {
  return {
    pulumi: join(folder, "pulumi"),
    how: "downloaded",
    why: `v${PULUMI_VERSION}; ${unusable}`,
    folders: [folder],
  };
}

/** The command line decides: it takes minutes, the rest takes seconds. */
async function cachedBuild(options: EngineOptions): Promise<Omit<Chosen, "why"> | undefined> {
  const place = await placeOf(CLI, options.cacheFolder).catch((error: unknown) => {
    if (error instanceof EngineError) return undefined; // no Go: a download may still do
    throw error;
  });
  return place !== undefined && isProgram(place.file) ? buildAll(options) : undefined;
}

/** First the large one, which compiles most of what the small ones share; then the small ones side by side. */
async function buildAll(options: EngineOptions): Promise<Omit<Chosen, "why">> {
  const make = (component: Component) => build(component, options.cacheFolder, options.log, options);
  const pulumi = await make(CLI);
  const [host] = await Promise.all([make(LANGUAGE_HOST), make(COMMAND_PROVIDER)]);
  await putBeside(host.file, pulumi.folder);
  return { pulumi: pulumi.file, how: "built", folders: [pulumi.folder] };
}

/** The CLI warns in each run about a language host that is on PATH and not in its own folder. */
async function putBeside(program: string, folder: string): Promise<void> {
  const place = join(folder, basename(program));
  const [have, want] = await Promise.all([stat(place).catch(() => undefined), stat(program)]);
  if (have?.ino === want.ino) return;
  await link(program, partialName(place));
  await rename(partialName(place), place);
}
