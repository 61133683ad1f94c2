import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DebianError } from "./errors";
import { type Installation, installationLines, missingPackages, NEEDED, type NeededPackage } from "./needed";
import { elevation } from "./root";
import { mirrorOf, readSources } from "./sources";

const run = promisify(execFile);

/** Decimal gigabytes that must be free before the first set-up: engine 3, its build 6, disk 2, guests 2, and room to work. */
const FIRST_SETUP_GB = 15;
/** The same once the lab's disk is there: what guests write. */
const LATER_GB = 3;

const BACKPORTS_LIST = "/etc/apt/sources.list.d/dpdk-fleet-backports.list";
const BACKPORTS_PREFERENCES = "/etc/apt/preferences.d/dpdk-fleet-backports.pref";
const POLICY = "/usr/sbin/policy-rc.d";
const DEFAULT_MIRROR = "http://deb.debian.org/debian";

/** What preparing the machine takes. */
export interface PackagesOptions {
  /** The project's cache folder, absolute: where room is needed. */
  cacheFolder: string;
  /** Where progress is said. */
  log: (line: string) => void;
  /** Which packages. Default: those of the lab. */
  needed?: readonly NeededPackage[];
}

/**
 * Installs the Debian packages that the project needs and this machine has not. Says which, and from which suite, before it
 * does. Fails before anything is changed where room, the right to install, or Debian is missing.
 */
export async function ensurePackages(options: PackagesOptions): Promise<void> {
  checkRoom(options.cacheFolder);
  const release = debianRelease(readFileSync("/etc/os-release", "utf8"));
  if (release === null) return requirePrograms();
  const missing = missingPackages(await installedPackages(), release, options.needed);
  if (missing.length === 0) return options.log("all Debian packages are there");
  const root = await elevation("install Debian packages");
  options.log("to be installed:");
  for (const line of installationLines(missing)) options.log(`  ${line}`);
  await install(missing, release, root, options.log);
}

/** One clear line where the disk is too full. `freeGb` is what the file system of the folder has left for this user. */
export function roomError(folder: string, freeGb: number, firstSetup: boolean): DebianError | null {
  const needed = firstSetup ? FIRST_SETUP_GB : LATER_GB;
  if (freeGb >= needed) return null;
  return new DebianError(
    `${folder} is on a disk with ${freeGb.toFixed(1)} GB free, ${needed} GB are needed`,
    "make room, or name a folder on another disk in the variable DPDK_FLEET_CACHE",
  );
}

/** The code name of a Debian release (`bookworm`); null for another system. */
export function debianRelease(osRelease: string): string | null {
  const value = (key: string): string | undefined => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1];
  return value("ID") === "debian" ? (value("VERSION_CODENAME") ?? null) : null;
}

function checkRoom(cacheFolder: string): void {
  mkdirSync(cacheFolder, { recursive: true });
  const { bavail, bsize } = statfsSync(cacheFolder);
  const lab = join(cacheFolder, "lab");
  const hasDisk = existsSync(lab) && readdirSync(lab).some((name) => /^disk-.*\.raw$/.test(name));
  const error = roomError(cacheFolder, (bavail * bsize) / 1e9, !hasDisk);
  if (error !== null) throw error;
}

async function installedPackages(): Promise<Map<string, string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's own
  const { stdout } = await run("dpkg-query", ["-W", "-f", "${Package}\t${Version}\t${db:Status-Status}\n"], {
    maxBuffer: 64e6,
  });
  const rows = stdout.split("\n").map((line) => line.split("\t"));
  return new Map(rows.filter((row) => row[2] === "installed").map((row) => [row[0] as string, row[1] as string]));
}

async function install(
  missing: readonly Installation[],
  release: string,
  root: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const backports = missing.find((one) => one.suite !== release)?.suite;
  if (backports !== undefined) await preferBackports(backports, release, root, log);
  log("apt-get update");
  await asRoot(root, ["apt-get", "update", "-q"]);
  const names = missing.map((one) => one.name);
  log(`apt-get install ${names.join(" ")}`);
  const command = ["apt-get", "install", ...waitForOthers, "-q", "-y", "--no-install-recommends", ...names];
  const services = missing.flatMap((one) => (one.service === undefined ? [] : [one.service]));
  await withoutStarting(root, services, () => asRoot(root, command));
}

/**
 * Lets apt take QEMU, and nothing else, from the backports. `apt-get install -t` would take libraries from there too (libelf1),
 * with which packages of the release (libelf-dev, which libdpdk-dev needs) cannot be installed any more.
 */
async function preferBackports(
  suite: string,
  release: string,
  root: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const sources = readSources();
  if (mirrorOf(sources, suite) === null) {
    const line = `deb ${mirrorOf(sources, release) ?? DEFAULT_MIRROR} ${suite} main\n`;
    log(`adding ${BACKPORTS_LIST}: ${line.trim()}`);
    await asRoot(root, ["tee", BACKPORTS_LIST], line);
  }
  log(`adding ${BACKPORTS_PREFERENCES}: QEMU comes from ${suite}`);
  await asRoot(root, ["tee", BACKPORTS_PREFERENCES], backportsPreferences(suite));
}

/** As apt_preferences(5) has it: the newest version of these sources, wherever it is from. */
export function backportsPreferences(suite: string): string {
  return `Package: src:qemu src:seabios\nPin: release n=${suite}\nPin-Priority: 500\n`;
}

// Another apt, a machine's nightly one say, is waited for. Unit: s.
const waitForOthers = ["-o", "DPkg::Lock::Timeout=600"];

/** Keeps an installation from starting services, as Debian's policy layer provides for (policy-rc.d(8)). */
async function withoutStarting(
  root: readonly string[],
  services: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  if (services.length === 0 || existsSync(POLICY)) return work();
  await asRoot(root, ["sh", "-c", `printf '#!/bin/sh\\nexit 101\\n' > ${POLICY} && chmod 755 ${POLICY}`]);
  try {
    await work();
  } finally {
    await asRoot(root, ["rm", "-f", POLICY]);
  }
  if (existsSync("/run/systemd/system")) await asRoot(root, ["systemctl", "disable", ...services]);
}

async function asRoot(root: readonly string[], command: readonly string[], input = ""): Promise<void> {
  const [program, ...args] = [...root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", ...command] as [string];
  const running = run(program, args, { maxBuffer: 64e6 });
  // A program that ends before it has read what it is given says so by its exit code; a write into its closed end is no error.
  running.child.stdin?.on("error", () => undefined).end(input);
  await running.catch((error: Error & { stderr?: string }) => {
    const reason =
      (error.stderr ?? "")
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("E:"))[0] ?? error.message;
    throw new DebianError(`\`${command.slice(0, 2).join(" ")}\` failed: ${reason}`, "mend that, then run this again");
  });
}

/** On another system people install the programs themselves. */
function requirePrograms(): void {
  const programs = [
    "qemu-system-x86_64",
    "qemu-img",
    "mmdebstrap",
    "mke2fs",
    "sfdisk",
    "ssh-keygen",
    "buildah",
    "docker-registry",
  ];
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  const missing = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length === 0) return;
  throw new DebianError(
    `this is not Debian, and it has no ${missing.join(", ")}`,
    `install what Debian calls ${NEEDED.map((one) => one.name).join(", ")} (QEMU 8 or newer)`,
  );
}
