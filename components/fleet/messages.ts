import { z } from "zod";
import type { FleetProblem } from "./errors";
import { suggestion } from "./suggest";

/** Checks a raw value against a schema: the typed value, or every problem with its path below `base`. */
export function check<T extends z.ZodType>(
  schema: T,
  raw: unknown,
  base: readonly (string | number)[],
): { readonly value: z.output<T> | null; readonly problems: FleetProblem[] } {
  const result = schema.safeParse(raw, { error: phrase });
  if (result.success) return { value: result.data, problems: [] };
  return { value: null, problems: result.error.issues.flatMap((issue) => problemsOf(issue, raw, base)) };
}

/** Tells a key that is missing from one that is wrong: what a profile leaves out, its nodes may add. */
export function isMissing(problem: FleetProblem): boolean {
  return problem.value === undefined;
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown, base: readonly (string | number)[]): FleetProblem[] {
  const own = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const path = [...base, ...own];
  if (issue.code === "unrecognized_keys") {
    const remedies = issue.message.split("\n");
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      value: valueAt(raw, [...own, key]),
      remedy: remedies[index] ?? issue.message,
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path, value: own.at(-1), remedy: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code === "invalid_union") {
    // The branch that got furthest is the one that was meant: a wrong key in a map, not "neither text nor map".
    const meant = issue.errors.find(
      (branch) =>
        branch.length > 0 && branch.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
    );
    const below = (inner: z.core.$ZodIssue) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue;
    if (meant) return meant.flatMap((inner) => problemsOf(below(inner), raw, base));
  }
  return [{ path, value: valueAt(raw, own), remedy: issue.message }];
}

export function valueAt(raw: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string | number, unknown>)[key];
  }, raw);
}

/** The remedy for an issue whose schema gives none of its own. */
function phrase(issue: z.core.$ZodRawIssue): string | undefined {
  const described = issue.inst ? z.globalRegistry.get(issue.inst as z.core.$ZodType)?.description : undefined;
  if (issue.code !== "unrecognized_keys" && issue.input === undefined) {
    return described === undefined ? "is missing" : `is missing; ${described}`;
  }
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue.keys as readonly string[], issue.inst);
    case "invalid_type":
      return `must be ${EXPECTED[String(issue.expected)] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${(issue.values as readonly unknown[]).map(String).join(" or ")}`;
    case "too_small":
      return `must be ${issue.minimum} at least`;
    case "too_big":
      return issue.origin === "string"
        ? `must be ${issue.maximum} characters at most`
        : `must be ${issue.maximum} at most`;
    default:
      return undefined;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

function unknownKeys(keys: readonly string[], inst: unknown): string {
  const known = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  return keys.map((key) => `is no key here; ${suggestion(key, known)}`).join("\n");
}
