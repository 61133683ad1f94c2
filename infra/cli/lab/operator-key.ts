import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command";
import { CommandLineError } from "../errors";
import type { LabSettings } from "./settings";

/** Makes the key pair by which the operator enters the lab's machines, where there is none. It opens nothing else. */
export async function ensureOperatorKey(settings: LabSettings): Promise<void> {
  const key = join(settings.cacheFolder, "lab", "operator_ed25519");
  if (existsSync(key) && existsSync(`${key}.pub`)) return;
  const temporary = `${key}.new`;
  for (const file of [temporary, `${temporary}.pub`, key, `${key}.pub`]) rmSync(file, { force: true });
  const done = await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "operator of the lab", "-f", temporary]);
  if (done.code !== 0) {
    throw new CommandLineError(
      `ssh-keygen ended with ${done.code}: ${done.err.trim()}`,
      `look at the folder of ${key}`,
    );
  }
  renameSync(`${temporary}.pub`, `${key}.pub`);
  renameSync(temporary, key);
}
