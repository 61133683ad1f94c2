import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runChild } from "./child";
import { EngineError } from "./errors";
import { isAtLeast } from "./versions";

/** Go's version for a module (Go may switch to a newer toolchain of its own), or a clear error. */
export async function goVersion(moduleFolder: string, purpose?: string): Promise<string> {
  const needed = /^go (\S+)/m.exec(await readFile(join(moduleFolder, "go.mod"), "utf8"))?.[1] ?? "1.25";
  const what = purpose ?? "the Pulumi engine";
  const instead = purpose === undefined ? ", or Pulumi itself (https://www.pulumi.com/docs/install)" : "";
  const remedy = `install Go ${needed} or newer (https://go.dev/dl)${instead}`;
  const asked = await runChild("go", ["env", "GOVERSION"], { folder: moduleFolder }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw new EngineError(`${what} must be built and there is no go on PATH`, remedy);
      throw error;
    },
  );
  const version = asked.out.trim();
  if (asked.code !== 0 || !isAtLeast(version, needed)) {
    throw new EngineError(`${what} must be built and go on PATH is ${version || "unusable"}`, remedy);
  }
  return version;
}
