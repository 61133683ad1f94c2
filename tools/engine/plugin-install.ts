import { homedir } from "node:os";
import { join } from "node:path";
import { type Ended, runChild } from "./child";

/** A release of a plugin, and the engine that it is for. */
export interface PluginInstall {
  readonly pulumi: string;
  readonly name: string;
  readonly version: string;
  /** PULUMI_HOME of the engine; undefined: the user's own. */
  readonly home: string | undefined;
  /** Seconds. */
  readonly timeLimit: number;
  readonly signal?: AbortSignal | undefined;
}

/** `pulumi plugin install resource NAME VERSION …`. */
export function installPlugin(plugin: PluginInstall, more: readonly string[]): Promise<Ended> {
  return runChild(plugin.pulumi, ["plugin", "install", "resource", plugin.name, plugin.version, ...more], {
    timeLimit: plugin.timeLimit,
    environment: {
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...(plugin.home === undefined ? {} : { PULUMI_HOME: plugin.home }),
    },
    ...(plugin.signal === undefined ? {} : { signal: plugin.signal }),
  });
}

/** Where the engine has a plugin. */
export function pluginFolder({ home, name, version }: Pick<PluginInstall, "home" | "name" | "version">): string {
  return join(home ?? userHome(), "plugins", `resource-${name}-v${version}`);
}

/** PULUMI_HOME of whoever has no other one. */
export function userHome(): string {
  return process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
}
