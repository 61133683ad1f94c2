import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { FleetFileError } from "./errors";
import { parseFleet } from "./load";
import type { Fleet } from "./types";

export type Path = readonly (string | number)[];

const corrected = readFileSync(join(__dirname, "../host/golden/corrected.fleet.yaml"), "utf8");

export const labFile = join(__dirname, "../../stacks/lab.fleet.yaml");

/** A fleet file of one server, as plain values, and then with values set (undefined takes one away) at paths. */
export function fleetValues(...changes: readonly (readonly [path: Path, value: unknown])[]): Record<string, unknown> {
  const values = load(corrected) as Record<string, unknown>;
  for (const [path, value] of changes) set(values, path, value);
  return values;
}

/** Sets the value at a path, maps on the way made where they are missing. */
export function set(values: unknown, path: Path, value: unknown): void {
  let at = values as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    if (typeof at[key] !== "object" || at[key] === null) at[key] = {};
    at = at[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (value === undefined) delete at[last];
  else at[last] = value;
}

export function read(values: unknown): Fleet {
  return parseFleet(dump(values, { noRefs: true }), "test.fleet.yaml");
}

/** The lines of the error that these values give; empty where they are accepted. */
export function linesOf(values: unknown): readonly string[] {
  return linesOfText(dump(values, { noRefs: true, skipInvalid: true }));
}

export function linesOfText(text: string): readonly string[] {
  try {
    parseFleet(text, "test.fleet.yaml");
    return [];
  } catch (error) {
    if (error instanceof FleetFileError) return error.lines;
    throw error;
  }
}

/** The path of the fixture's node. */
export const node = (...path: Path): Path => ["nodes", "validator", ...path];
