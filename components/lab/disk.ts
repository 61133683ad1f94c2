import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { LabError } from "./errors";
import { type Firmware, firmwareOf, makeVariables } from "./firmware";
import { portBaseFile } from "./ports";
import { DISK, SEED } from "./qemu";
import { type HostKey, type SeedSpec, seedFiles } from "./seed";
import { isRunning } from "./state";
import { tarArchive } from "./tar";

/** A guest that is to have a disk. */
export interface DiskSpec {
  /** The guest's own folder, absolute. */
  folder: string;
  /** The lab's disk, a raw image, absolute. */
  base: string;
  seed: SeedSpec;
  /** Default: bios. */
  firmware?: Firmware;
}

const HOST_KEY = "ssh_host_ed25519_key";
const SPEC = "seed.json";

const run = promisify(execFile);

/**
 * Makes the guest's disk: a host key, the seed with it, and an overlay on the lab's disk. Answers the public host key, so
 * that it can be pinned before the first connection. A guest that is there is left as it is, on the lab's disk of its own time.
 */
export async function makeDisk(spec: DiskSpec): Promise<string> {
  const wanted = `${JSON.stringify(spec.seed, undefined, 1)}\n`;
  const disk = join(spec.folder, DISK);
  const firmware = spec.firmware ?? "bios";
  if (existsSync(disk)) {
    const same = firmwareOf(spec.folder) === firmware;
    if (same && readFileSync(join(spec.folder, SPEC), "utf8") === wanted) return publicKey(spec.folder);
    throw new LabError(
      `${spec.seed.hostname} was made with another firmware, user, key or address (${join(spec.folder, SPEC)}), and takes them at its first boot only`,
      "take the lab down (npm run lab:down) and up again",
    );
  }
  if (!existsSync(spec.base)) {
    throw new LabError(`there is no lab disk ${spec.base}`, "run `npm start`, which builds it");
  }
  mkdirSync(spec.folder, { recursive: true, mode: 0o700 });
  const hostKey = await makeHostKey(spec.folder, spec.seed.hostname);
  writeFileSync(join(spec.folder, SEED), tarArchive(seedFiles(spec.seed, hostKey)), { mode: 0o600 });
  writeFileSync(join(spec.folder, SPEC), wanted);
  makeVariables(spec.folder, firmware);
  // The overlay comes last and whole: where it is, everything else is too.
  const overlay = `${disk}.new`;
  rmSync(overlay, { force: true });
  await tool("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", spec.base, overlay]);
  renameSync(overlay, disk);
  return publicKey(spec.folder);
}

/** Removes all that there is of the guest. Refused while it runs. */
export function removeDisk(folder: string): void {
  if (isRunning(folder)) throw new LabError(`the guest of ${folder} still runs`, "stop it first");
  rmSync(folder, { recursive: true, force: true });
  const lab = dirname(folder);
  if (existsSync(lab) && readdirSync(lab).every((name) => name === basename(portBaseFile(lab)))) {
    rmSync(lab, { recursive: true });
  }
}

async function makeHostKey(folder: string, hostname: string): Promise<HostKey> {
  const file = join(folder, HOST_KEY);
  for (const old of [file, `${file}.pub`]) rmSync(old, { force: true });
  await tool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", hostname, "-f", file]);
  return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8") };
}

/** Type and key, without the comment: what a line of known_hosts holds. */
function publicKey(folder: string): string {
  const [type, key] = readFileSync(join(folder, `${HOST_KEY}.pub`), "utf8").split(" ");
  return `${type} ${key?.trim()}`;
}

async function tool(program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, [...args]);
  } catch (error) {
    const failed = error as NodeJS.ErrnoException & { stderr?: string };
    if (failed.code === "ENOENT")
      throw new LabError(`there is no program ${program}`, "run `npm start`, which installs it");
    throw new LabError(
      `${program} failed: ${(failed.stderr ?? "").trim().split("\n")[0]}`,
      "see the message, then try again",
    );
  }
}
