import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { DebianError } from "../debian/errors";
import { elevation } from "../debian/root";
import { mirrorOf, readSources } from "../debian/sources";

// Debian 12: the release whose kernel, DPDK and podman the lab is written for.
const SUITE = "bookworm";

// The disk for UEFI is made from both folders: it is the other one's server, with other partitions.
const UEFI_RECIPE = join(__dirname, "../lab-disk-uefi");
const RECIPES = { bios: [__dirname], uefi: [UEFI_RECIPE, __dirname] } as const;

/** What a disk boots from. */
export type Firmware = keyof typeof RECIPES;

/** What building the disk takes. */
export interface LabDiskOptions {
  /** The project's cache folder, absolute. */
  cacheFolder: string;
  /** What the disk is to boot from. Default: bios. */
  firmware?: Firmware;
  /** Where progress is said. */
  log: (line: string) => void;
}

/** The lab's disk, a raw image named after the hash of all that it is made from. It may not exist yet. */
export function labDiskPath(cacheFolder: string, firmware: Firmware = "bios"): string {
  const hash = inputsHash(RECIPES[firmware], SUITE);
  return join(cacheFolder, "lab", firmware === "bios" ? `disk-${hash}.raw` : `disk-${firmware}-${hash}.raw`);
}

/**
 * Builds the lab's disk where it is missing (2 to 3 minutes) and answers its path. The disk appears when it is whole, so that an
 * interrupted build leaves nothing that the next one trips over. Disks of other versions stay: guests may be based on them.
 */
export async function ensureLabDisk(options: LabDiskOptions): Promise<string> {
  const firmware = options.firmware ?? "bios";
  const disk = labDiskPath(options.cacheFolder, firmware);
  if (existsSync(disk)) return disk;
  mkdirSync(join(options.cacheFolder, "lab"), { recursive: true });
  const root = await elevation("make a Debian tree with its owners");
  const script = join(RECIPES[firmware][0], "build.sh");
  await build([...root, script, disk, SUITE, mirrorOf(readSources(), SUITE) ?? ""], options.log);
  return disk;
}

/** A hash of the recipe: every file of its folders but the TypeScript ones, and the suite. */
export function inputsHash(folders: readonly string[], suite: string): string {
  const hash = createHash("sha256").update(suite);
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      if (!file.endsWith(".ts")) hash.update(`\0${relative(folder, file)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

function build(command: readonly string[], log: (line: string) => void): Promise<void> {
  const [program, ...args] = command as [string];
  return new Promise((resolve, reject) => {
    const path = `${process.env.PATH}:/usr/sbin:/sbin`; // mke2fs and sfdisk are there, and not on everybody's path.
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: path } });
    let now = "starting";
    const start = Date.now();
    const heartbeat = setInterval(() => log(`${now} (${Math.round((Date.now() - start) / 1000)} s)`), 20_000);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("step: ")) return;
      now = line.slice("step: ".length);
      log(now);
    });
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(heartbeat);
      if (code === 0) return resolve();
      const reason =
        complaints.filter((line) => /^E:|error|cannot|No space/i.test(line)).at(-1) ??
        complaints.at(-1) ??
        `exit ${code}`;
      reject(
        new DebianError(
          `the lab's disk could not be built, at step "${now}": ${reason}`,
          "mend that, then run this again",
        ),
      );
    });
  });
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
