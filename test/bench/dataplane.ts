import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../infra/cli/command";
import { labSettings } from "../../infra/cli/lab/settings";
import { type Say, step, toTerminal } from "../../infra/cli/progress";
import { type Comparisons, figuresOf } from "./dataplane/figures";
import type { Figure } from "./figures";

/** How long one comparison may take: six pairs of three searches of twenty seconds, and nodes that start in between. */
const COMPARISON_SECONDS = 3600;

/**
 * The data plane against the kernel's sockets, in turns (pantheon-bench compare), for 64 and 1,500 bytes; pictures beside the
 * figures, in benchmarks/. Needs a quiet machine of two cores; the network is a namespace of its own.
 */
export async function benchDataplane(pairs: number, say: Say = toTerminal): Promise<Figure[]> {
  const { projectFolder, cacheFolder } = labSettings();
  const program = await step(say, "pantheon-bench and pantheon-node are compiled", () =>
    compiled(projectFolder, join(cacheFolder, "native-image", "bench")),
  );
  const pictures = join(projectFolder, "benchmarks");
  mkdirSync(pictures, { recursive: true });
  const figures: Figure[] = [];
  for (const size of [64, 1500]) {
    const svg = join(pictures, `dataplane-${size}.svg`);
    const found = await step(say, `${size}-byte packets, ${pairs} pairs`, () => compare(program, size, pairs, svg));
    figures.push(...figuresOf(size, found));
  }
  return figures;
}

/** Optimised and for this machine, as Debian's packages would not be; DPDK's own archives are what they are. */
async function compiled(project: string, folder: string): Promise<string> {
  const source = join(project, "native-image");
  const setup = ["setup", "--reconfigure", "-Doptimization=3", "-Dtests=false", folder, source];
  await mustRun("meson", setup, 120);
  await mustRun("ninja", ["-C", folder], 900);
  return join(folder, "src", "bench", "pantheon-bench");
}

async function compare(program: string, size: number, pairs: number, svg: string): Promise<Comparisons> {
  const folder = mkdtempSync(join(tmpdir(), "bench-dataplane-"));
  try {
    const json = join(folder, "compare.json");
    const options = ["compare", "--packet-size", `${size}`, "--pairs", `${pairs}`, "--connections", "500"];
    await mustRun(program, [...options, "--json", json, "--svg", svg], COMPARISON_SECONDS, [0, 75]);
    return JSON.parse(readFileSync(json, "utf8")) as Comparisons;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function mustRun(program: string, options: readonly string[], seconds: number, codes = [0]): Promise<void> {
  const done = await run(program, [...options], { seconds });
  if (!codes.includes(done.code))
    throw new Error(`${program} ${options[0]} ended with ${done.code}: ${done.err.trim()}`);
}
