import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DebianError } from "./errors";

const run = promisify(execFile);

/** The words that come before a command to run it as root: none for root, `sudo -n` for who may use it without a password. */
export async function elevation(purpose: string): Promise<string[]> {
  if (process.getuid?.() === 0) return [];
  const allowed = await run("sudo", ["-n", "true"]).then(
    () => true,
    () => false,
  );
  const words = elevationOf(process.getuid?.() ?? -1, allowed);
  if (words !== null) return words;
  throw new DebianError(
    `neither root nor allowed to use sudo without a password (user ${process.getuid?.()}), which is needed to ${purpose}`,
    "run this as root, or run `sudo -v` first, or allow it in /etc/sudoers",
  );
}

/** Null where the user cannot become root. */
export function elevationOf(uid: number, sudoWorks: boolean): string[] | null {
  if (uid === 0) return [];
  return sudoWorks ? ["sudo", "-n"] : null;
}
