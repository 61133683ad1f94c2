import type { FleetProblem } from "./errors";
import { valueAt } from "./messages";

/** Settings as they stand in the file. */
export type Raw = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A node over its profile: maps are merged key by key, anything else of the node replaces what the profile says. */
export function merge(profile: Raw, node: Raw): Raw {
  const merged: Record<string, unknown> = { ...profile };
  for (const [key, value] of Object.entries(node)) {
    const below = Object.hasOwn(profile, key) ? profile[key] : undefined;
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}

/** Where a value of a merged node stands in the file: in the node itself, or in its profile. */
export function origin(
  path: readonly (string | number)[],
  node: { readonly name: string; readonly raw: Raw },
  profile: { readonly name: string; readonly raw: Raw } | null,
): (string | number)[] {
  const inProfile =
    profile !== null && valueAt(node.raw, path) === undefined && valueAt(profile.raw, path) !== undefined;
  return inProfile ? ["profiles", profile.name, ...path] : ["nodes", node.name, ...path];
}

/** The same mistake of a profile shows in each of its nodes; once is enough. */
export function distinct(problems: readonly FleetProblem[]): FleetProblem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const text = JSON.stringify([problem.path, problem.remedy]);
    return !seen.has(text) && seen.add(text);
  });
}
