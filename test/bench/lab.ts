import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { labSettings } from "../../infra/cli/lab/settings";
import { checkFigures } from "./check";
import { type Figure, seconds } from "./figures";

/**
 * The lab's figures. `--cold` also measures the way from empty caches (Go's among them, in a folder of its own) to the proof.
 * The lab must be up, or is brought up.
 */
export function benchLab(cold: boolean): Figure[] {
  const figures: Figure[] = [];
  if (cold) figures.push(seconds("npm start, from empty caches to the proof", [fromEmptyCaches()], 900));
  npm({}, "run", "lab:down");
  figures.push(seconds("npm start, warm caches, lab down", [npm({}, "start")], 300));
  figures.push(
    seconds(
      "pulumi up, nothing to change",
      repeat(5, () => pulumi("up", "--yes", "--skip-preview")),
      15,
    ),
  );
  figures.push(
    seconds(
      "pulumi preview, nothing to change",
      repeat(5, () => pulumi("preview")),
      5,
    ),
  );
  figures.push(...checkFigures(5));
  return figures;
}

function fromEmptyCaches(): number {
  const { projectFolder } = labSettings();
  const folder = mkdtempSync(join(projectFolder, ".cache-cold-"));
  const caches = {
    DPDK_FLEET_CACHE: folder,
    GOCACHE: join(folder, "go-build"),
    GOMODCACHE: join(folder, "go-mod"),
    GOFLAGS: "-modcacherw",
  };
  try {
    return npm(caches, "start");
  } finally {
    npm(caches, "run", "lab:down");
    rmSync(folder, { recursive: true, force: true });
  }
}

function repeat(times: number, run: () => number): number[] {
  return Array.from({ length: times }, run);
}

function npm(environment: Record<string, string>, ...args: string[]): number {
  return timed("npm", args, environment);
}

/** By the environment file, as a person does it: npm and tsx are not measured. */
function pulumi(...args: string[]): number {
  const { cacheFolder } = labSettings();
  return timed(
    "bash",
    ["-c", `. '${cacheFolder}/env.sh' && pulumi ${args.join(" ")} --stack lab --non-interactive`],
    {},
  );
}

function timed(program: string, args: readonly string[], environment: Record<string, string>): number {
  const { projectFolder } = labSettings();
  const start = process.hrtime.bigint();
  const done = spawnSync(program, args, {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${done.status}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}
