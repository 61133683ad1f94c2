import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * The words that run a file beside the one that asks, named without its ending: compiled in the published package, as TypeScript
 * through tsx in the project.
 *
 * ```ts
 * interpreterOf(__filename, join(__dirname, "command")); // ["node", "--import", "file:///…/tsx", "/…/command.ts"]
 * ```
 */
export function interpreterOf(asking: string, file: string): string[] {
  if (asking.endsWith(".js")) return ["node", `${file}.js`];
  return ["node", "--import", pathToFileURL(createRequire(asking).resolve("tsx")).href, `${file}.ts`];
}
