import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Built, build } from "../engine/build";
import { runChild } from "../engine/child";
import type { Component } from "../engine/component";
import { EngineError } from "../engine/errors";
import { removeStale } from "../engine/partial";

/** Where programs go, and who hears of their making. */
export interface EnsureOptions {
  readonly cacheFolder: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes a program of this folder's modules unless the cache has it.
 *
 * @throws EngineError if Go is missing, too old, or does not reach its modules.
 */
export async function ensureProgram(component: Component, { signal, log, ...options }: EnsureOptions): Promise<Built> {
  const cacheFolder = resolve(options.cacheFolder);
  await mkdir(join(cacheFolder, "engine"), { recursive: true });
  await removeStale(join(cacheFolder, "engine"));
  return build(component, cacheFolder, log, { sources: __dirname, ...(signal === undefined ? {} : { signal }) });
}

/** The component's module with all that lies in it beside Go: manifests, definitions. */
export async function moduleFolder(component: Component, module: string): Promise<string> {
  const folder = join(__dirname, component.module);
  const found = await runChild("go", ["mod", "download", "-json", module], { folder, timeLimit: 300 });
  if (found.code !== 0)
    throw new EngineError(`Go does not have its module ${module}: ${found.err}`, "see whether it reaches its proxy");
  return (JSON.parse(found.out) as { Dir: string }).Dir;
}
