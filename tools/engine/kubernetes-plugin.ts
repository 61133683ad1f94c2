import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, placeOf } from "./build";
import { runChild } from "./child";
import type { Component } from "./component";
import { EngineError } from "./errors";
import { installPlugin, type PluginInstall, pluginFolder } from "./plugin-install";
import { isProgram } from "./search-path";

/** The provider's release that @pulumi/kubernetes in package.json asks for. */
export const KUBERNETES_PLUGIN_VERSION = "4.18.1";

const MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

export const KUBERNETES_PROVIDER: Component = {
  program: "pulumi-resource-kubernetes",
  module: "kubernetes-provider",
  goPackage: ".",
  variables: { "main.version": KUBERNETES_PLUGIN_VERSION },
  usual: 400,
  purpose: "Pulumi's Kubernetes provider",
};

/** Seconds for the official plugin: 40 MB. */
const DOWNLOAD_LIMIT = 90;

/** What the installation needs to know; `home` undefined: the user's own. */
export interface KubernetesPluginOptions {
  readonly pulumi: string;
  readonly cacheFolder: string;
  readonly home: string | undefined;
  /** Whether to try the official plugin first. Not worth it where the CLI itself could not be downloaded. */
  readonly tryOfficial: boolean;
  readonly log: (line: string) => void;
}

/**
 * Makes sure that Pulumi's Kubernetes provider is installed, and says which one: the official plugin, or the same provider built from its Go
 * module, which has everything but the program. Only for who uses @pulumi/kubernetes: a build takes minutes.
 *
 * @throws EngineError if it must be built and Go is missing, too old, or does not reach its modules.
 */
export async function ensureKubernetesPlugin(options: KubernetesPluginOptions): Promise<string> {
  const folder = pluginFolder(pluginOf(options));
  const stamp = join(folder, "built");
  const named = `Kubernetes plugin ${KUBERNETES_PLUGIN_VERSION}`;
  if (isProgram(join(folder, KUBERNETES_PROVIDER.program))) {
    const installed = await readFile(stamp, "utf8").catch(() => undefined);
    if (installed === undefined) return named;
    if (installed === (await placeOf(KUBERNETES_PROVIDER, options.cacheFolder)).hash) return `${named}, built`;
  } else if (options.tryOfficial && (await install(options, []))) {
    return `${named}, downloaded`;
  }
  const built = await build(KUBERNETES_PROVIDER, options.cacheFolder, options.log);
  const whole = await withSchema(built.folder);
  if (!(await install(options, ["--reinstall", "--file", whole])))
    throw new EngineError(`${options.pulumi} does not install the Kubernetes plugin in ${whole}`, "run this again");
  await writeFile(stamp, built.hash);
  return `${named}, built`;
}

/** A folder with the program and, beside it, what the official one holds: its schema and its mapping, from the same module. */
async function withSchema(built: string): Promise<string> {
  const module = join(__dirname, KUBERNETES_PROVIDER.module);
  const found = await runChild("go", ["list", "-m", "-f", "{{.Dir}}", MODULE], { folder: module });
  if (found.code !== 0) throw new EngineError(`Go does not find its module ${MODULE}: ${found.err}`, "run this again");
  const folder = join(built, "plugin");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const name of ["schema.json", "terraform-mapping.json"])
    await copyFile(join(found.out.trim(), "cmd", "pulumi-resource-kubernetes", name), join(folder, name));
  await copyFile(join(built, KUBERNETES_PROVIDER.program), join(folder, KUBERNETES_PROVIDER.program));
  return folder;
}

async function install(options: KubernetesPluginOptions, more: readonly string[]): Promise<boolean> {
  const ended = await installPlugin(pluginOf(options), more);
  if (ended.code !== 0) options.log(`the Kubernetes plugin is not installed: ${ended.err.split("\n").at(-1)}`);
  return ended.code === 0;
}

function pluginOf({ pulumi, home }: KubernetesPluginOptions): PluginInstall {
  return { pulumi, home, name: "kubernetes", version: KUBERNETES_PLUGIN_VERSION, timeLimit: DOWNLOAD_LIMIT };
}
