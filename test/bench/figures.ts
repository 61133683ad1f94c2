import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

/** One line of a benchmark's file. */
export interface Figure {
  figure: string;
  value: number;
  unit: string;
  /** Half the distance between the slowest and the fastest run; null where there was one run. */
  spread: number | null;
  /** The most that it may be, of a ratio the least; null where it is only published. */
  goal: number | null;
  reached: boolean | null;
  /** The same figure in the document that this project is measured against, where it has one. */
  seed?: number;
  /** The machine it was measured on. */
  machine: string;
}

/** The unit of a ratio: how many times as long the other one takes. The more, the better. */
const TIMES = "times";

/** A figure from the values of its runs: their median, in seconds. */
export function seconds(figure: string, runs: readonly number[], goal: number | null): Figure {
  return medianOf(figure, runs, "s", goal);
}

/** How many times as long `other` takes as `ours`: the median of the ratios of runs that belong together, one of each. */
export function ratio(figure: string, other: readonly number[], ours: readonly number[], goal: number | null): Figure {
  if (other.length !== ours.length) throw new RangeError(`${figure}: ${other.length} runs against ${ours.length}`);
  return medianOf(
    figure,
    other.map((value, run) => value / (ours[run] as number)),
    TIMES,
    goal,
  );
}

/** How much of one side the other one is, `second / first` of each pair: the median of the pairs' ratios. */
export function medianRatio(
  figure: string,
  pairs: readonly (readonly [first: number, second: number])[],
  { unit, goal }: { unit: string; goal: number | null },
): Figure {
  return medianOf(
    figure,
    pairs.map(([first, second]) => second / first),
    unit,
    goal,
  );
}

/** A figure with the seed's own number beside it. */
export function beside(seed: number | undefined, figure: Figure): Figure {
  return seed === undefined ? figure : { ...figure, seed };
}

/** A figure from the values of its runs: their median. Reached from its goal downwards. */
export function median(figure: string, runs: readonly number[], unit: string, goal: number | null): Figure {
  return medianOf(figure, runs, unit, goal);
}

/** A figure that was counted once, and is only published. */
export function counted(figure: string, value: number, unit: string): Figure {
  return medianOf(figure, [value], unit, null);
}

function medianOf(figure: string, runs: readonly number[], unit: string, goal: number | null): Figure {
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = [Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2)].map((at) => sorted[at]);
  const value = round(((middle[0] ?? Number.NaN) + (middle[1] ?? Number.NaN)) / 2);
  const spread = sorted.length > 1 ? round(((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / 2) : null;
  const isReached = unit === TIMES ? value >= (goal ?? 0) : value <= (goal ?? 0);
  return { figure, value, unit, spread, goal, reached: goal === null ? null : isReached, machine: machine() };
}

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** One digit behind the point, three below ten: a ratio of 0.1 must be told from one of 0.08. */
function round(value: number): number {
  const digits = value < 10 ? 1000 : 10;
  return Math.round(value * digits) / digits;
}

/** A table for people, with a bar that shows how much of its goal each figure takes. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map((row) => row.figure.length));
  return figures
    .map((row) => {
      const value = `${row.value} ${row.unit}`.padStart(10);
      const spread = row.spread === null ? "" : ` ±${row.spread}`;
      const seed = row.seed === undefined ? "" : `  (seed: ${row.seed})`;
      return `${row.figure.padEnd(width)} ${value}${spread.padEnd(7)} ${goalText(row)}`.trimEnd() + seed;
    })
    .join("\n");
}

function goalText(row: Figure): string {
  if (row.goal === null) return "";
  const share = row.value / row.goal;
  const bar = "#".repeat(Math.min(40, Math.round(share * 20))).padEnd(20, ".");
  const goal = `${row.unit === TIMES ? "at least " : ""}${row.goal} ${row.unit}`;
  return `${bar} ${Math.round(share * 100)} % of ${goal}${row.reached === true ? "" : "  NOT REACHED"}`;
}

/** Writes `benchmarks/NAME.json`. What an earlier run has measured and this one has not, `--cold` for one, stays there. */
export function write(project: string, name: string, figures: readonly Figure[]): string {
  const folder = join(project, "benchmarks");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figure[]) : [];
  writeFileSync(file, `${JSON.stringify(merged(earlier, figures), null, 2)}\n`);
  return file;
}

/** The later figures in the place of the earlier ones of the same name; new ones at the end. */
export function merged(earlier: readonly Figure[], later: readonly Figure[]): Figure[] {
  const kept = earlier.map((row) => later.find(({ figure }) => figure === row.figure) ?? row);
  return [...kept, ...later.filter(({ figure }) => !earlier.some((row) => row.figure === figure))];
}
