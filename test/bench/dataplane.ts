import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../infra/cli/command";
import { labSettings } from "../../infra/cli/lab/settings";
import { type Say, step, toTerminal } from "../../infra/cli/progress";
import { NEEDED_FOR_DATAPLANE_BENCH } from "../../tools/debian/needed";
import { ensurePackages } from "../../tools/debian/packages";
import { singles } from "./dataplane/single";
import type { Figure } from "./figures";

/** How long one command may take: six pairs of three searches of half a minute, and nodes that start in between. */
const COMMAND_SECONDS = 3600;

/** Which measurements, and how often. */
export interface DataplaneOptions {
  /** Runs of each side of a comparison. Default: 6, the fewest for 95 %. */
  pairs?: number;
  /** One part alone (`cpu-time`); figures of the others stay as they are. Default: all. */
  only?: string;
}

/**
 * The data plane against the kernel's sockets, in turns (pantheon-bench compare): packets of 64 and 1,500 bytes, transactions, with
 * pictures in benchmarks/; then the figures of single commands (pantheon-bench forwarding, cycles, …). Needs a quiet machine of two
 * cores; the network is a namespace of its own.
 */
export async function benchDataplane(
  { pairs = 6, only }: DataplaneOptions = {},
  say: Say = toTerminal,
): Promise<Figure[]> {
  const { projectFolder, cacheFolder } = labSettings();
  const pictures = join(projectFolder, "benchmarks");
  const all = singles(pairs, pictures);
  const parts = all.filter(({ part }) => only === undefined || part === only);
  if (parts.length === 0)
    throw new Error(`--only: found ${only}; must be one of ${all.map(({ part }) => part).join(", ")}`);
  await ensurePackages({ log: say, cacheFolder, needed: NEEDED_FOR_DATAPLANE_BENCH });
  const program = await step(say, "pantheon-bench and pantheon-node are compiled", () =>
    compiled(projectFolder, cacheFolder),
  );
  mkdirSync(pictures, { recursive: true });
  const figures: Figure[] = [];
  for (const { command, name, options, figures: rows } of parts)
    figures.push(...rows(await step(say, name, () => measured<never>(program, command, options))));
  return figures;
}

/** Optimised and for this machine, as Debian's packages would not be; DPDK's own archives are what they are. */
async function compiled(project: string, cache: string): Promise<string> {
  const source = join(project, "native-image");
  // A cache may be shared by several trees, a folder of meson's belongs to one.
  const folder = join(cache, "native-image", `bench-${createHash("sha256").update(source).digest("hex").slice(0, 8)}`);
  if (!existsSync(join(folder, "build.ninja")))
    await mustRun("meson", ["setup", "-Doptimization=3", "-Dtests=false", folder, source], 120);
  await mustRun("ninja", ["-C", folder], 900);
  return join(folder, "src", "bench", "pantheon-bench");
}

/** The file that a command of pantheon-bench writes. 75: it ran, and says what of it is not certain. */
async function measured<T>(program: string, command: string, options: readonly string[]): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-dataplane-"));
  try {
    const json = join(folder, `${command}.json`);
    await mustRun(program, [command, ...options, "--json", json], COMMAND_SECONDS, [0, 75]);
    return JSON.parse(readFileSync(json, "utf8")) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function mustRun(program: string, options: readonly string[], seconds: number, codes = [0]): Promise<void> {
  const nodes = dirname(dirname(program)); // pantheon-bench looks for pantheon-node beside itself, then on PATH
  const environment = { PATH: `${nodes}:${process.env.PATH}` };
  const done = await run(program, [...options], { seconds, environment });
  if (!codes.includes(done.code))
    throw new Error(`${program} ${options[0]} ended with ${done.code}: ${done.err.trim()}`);
}
