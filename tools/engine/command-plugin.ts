import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Built, build, placeOf } from "./build";
import { COMMAND_PROVIDER } from "./component";
import { EngineError } from "./errors";
import { installPlugin, type PluginInstall, pluginFolder, userHome } from "./plugin-install";
import { isProgram } from "./search-path";
import { COMMAND_VERSION } from "./versions";

/** Seconds for the official plugin: 20 MB. */
const DOWNLOAD_LIMIT = 60;

/** What the installation needs to know. */
export interface CommandPluginOptions {
  pulumi: string;
  cacheFolder: string;
  /** PULUMI_HOME of the engine; undefined: the user's own. */
  home: string | undefined;
  /** Whether to try the official plugin first. Not worth it where the CLI itself could not be downloaded. */
  tryOfficial: boolean;
  log: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Makes sure that the command plugin is installed, and says which one. An official plugin that is there is kept; a stand-in
 * that is there is renewed when its sources changed. A stamp beside the plugin tells the two apart.
 */
export async function ensureCommandPlugin(options: CommandPluginOptions): Promise<string> {
  const folder = pluginFolder(pluginOf(options));
  const stamp = join(folder, "stand-in");
  if (isProgram(join(folder, COMMAND_PROVIDER.program))) {
    const installed = await readFile(stamp, "utf8").catch(() => undefined);
    if (installed === undefined) return `command plugin ${COMMAND_VERSION}`;
    const wanted = await placeOf(COMMAND_PROVIDER, options.cacheFolder);
    if (installed === wanted.hash) return `stand-in of command plugin ${COMMAND_VERSION}`;
  } else if (options.tryOfficial && (await installOfficial(options))) {
    return `command plugin ${COMMAND_VERSION}, downloaded`;
  }
  const built = await build(COMMAND_PROVIDER, options.cacheFolder, options.log, options);
  await installStandIn(options, built);
  await writeFile(stamp, built.hash);
  return `stand-in of command plugin ${COMMAND_VERSION}`;
}

async function installOfficial(options: CommandPluginOptions): Promise<boolean> {
  options.log(`trying the official command plugin ${COMMAND_VERSION}, ${DOWNLOAD_LIMIT} s at most`);
  const ended = await installPlugin(pluginOf(options), []);
  if (ended.code !== 0) options.log(`the official command plugin cannot be had: ${ended.err.split("\n").at(-1)}`);
  return ended.code === 0;
}

async function installStandIn(options: CommandPluginOptions, built: Built): Promise<void> {
  if (options.home === undefined) {
    options.log(
      `installing a stand-in of command plugin ${COMMAND_VERSION} into ${userHome()}; ` +
        `remove it with \`pulumi plugin rm resource command ${COMMAND_VERSION}\` where the official one can be had`,
    );
  }
  const ended = await installPlugin(pluginOf(options), ["--reinstall", "--file", built.file]);
  if (ended.code !== 0) {
    const said = ended.err.split("\n").at(-1);
    throw new EngineError(
      `${options.pulumi} does not install the command plugin ${built.file}: ${said}`,
      "run this again",
    );
  }
}

function pluginOf({ pulumi, home, signal }: CommandPluginOptions): PluginInstall {
  return { pulumi, home, signal, name: "command", version: COMMAND_VERSION, timeLimit: DOWNLOAD_LIMIT };
}
