import { readFileSync } from "node:fs";
import { z } from "zod";
import { suggestion } from "../../components/fleet/suggest";
import type { PackConfig } from "../../policies/check/settings";
import type { Rule } from "../../policies/rule";
import { CommandLineError } from "./errors";

const levels = ["disabled", "advisory", "mandatory", "remediate"] as const;
const level = z.enum(levels);

/** A file for `--policy-pack-config`, held against what the rules say of their settings: one line for the first mistake. */
export function readPackConfig(file: string, rules: readonly Rule[]): PackConfig {
  const config = jsonOf(file);
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw mistake(file, "is no object");
  const byName = new Map<string, Rule>(rules.map((rule) => [rule.name, rule]));
  for (const [name, value] of Object.entries(config)) {
    const rule = byName.get(name);
    if (rule === undefined && name !== "all")
      throw mistake(file, `there is no rule ${name}`, suggestion(name, [...byName.keys(), "all"]));
    const found = schemaOf(rule).safeParse(value);
    if (!found.success) throw mistake(`${file}: ${name}`, messageOf(found.error));
  }
  return config as PackConfig;
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw mistake(file, code === undefined ? "is no JSON" : `cannot be read (${code})`);
  }
}

function schemaOf(rule: Rule | undefined): z.ZodType {
  const properties = Object.entries(rule?.configSchema?.properties ?? {}).map(([name, schema]) => [
    name,
    // The SDK's type of a JSON schema and zod's differ in names only.
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).optional(),
  ]);
  return z.union([level, z.strictObject({ enforcementLevel: level.optional(), ...Object.fromEntries(properties) })]);
}

/** Of a union: what the branch of objects says, where an object was given. */
function messageOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const inner = issue?.code === "invalid_union" ? issue.errors.at(-1)?.[0] : issue;
  if (inner === undefined || (inner.code === "invalid_type" && inner.path.length === 0))
    return `is neither a level (${levels.join(", ")}) nor settings`;
  return [inner.path.join("."), inner.message].filter((text) => text !== "").join(": ");
}

function mistake(
  where: string,
  what: string,
  remedy = "see policies/README.md for the settings of each rule",
): CommandLineError {
  return new CommandLineError(`${where}: ${what}`, remedy);
}
