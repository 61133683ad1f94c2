import { shown } from "./files";
import type { Mutant } from "./mutants";

/** What became of the mutants of one file. */
export interface Result {
  readonly file: string;
  readonly killed: number;
  readonly equivalent: number;
  readonly survivors: readonly Mutant[];
  readonly seconds: number;
}

/** `policies/aws/role.ts:38: in roleOf, this stands unnoticed for …`. */
export function line({ file, line: number, within, was, becomes }: Mutant): string {
  const where = within === "" ? "" : ` in ${within}`;
  return `${shown(file)}:${number}:${where} no test fails with\n      ${becomes || "nothing"}\n  for ${was}`;
}

export function progress(result: Result): string {
  const [file, ...numbers] = cells(result);
  return `${file}: ${header
    .slice(1)
    .map((name, at) => `${numbers[at]} ${name}`)
    .join(", ")}`;
}

const header = ["file", "mutants", "killed", "equivalent", "survived", "s"];

function cells({ file, killed, equivalent, survivors, seconds }: Result): string[] {
  const all = killed + equivalent + survivors.length;
  return [
    file === "" ? "in all" : shown(file),
    ...[all, killed, equivalent, survivors.length].map(String),
    seconds.toFixed(1),
  ];
}

/** A row a file, and the sum. */
export function table(results: readonly Result[]): string {
  const sum: Result = {
    file: "",
    killed: total(results.map(({ killed }) => killed)),
    equivalent: total(results.map(({ equivalent }) => equivalent)),
    survivors: results.flatMap(({ survivors }) => survivors),
    seconds: total(results.map(({ seconds }) => seconds)),
  };
  const rows = [header, ...results.map(cells), cells(sum)];
  const widths = header.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  "),
    )
    .join("\n");
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
