import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const project = join(__dirname, "../../..");
const policies = join(project, "policies");

export const textOf = (file: string): string => readFileSync(file, "utf8");

/** A file's name for a reader: `policies/aws/role.ts`. */
export const shown = (file: string): string => relative(project, file);

const all = (): string[] =>
  readdirSync(policies, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("node_modules"))
    .map((file) => join(policies, file))
    .sort();

// The command that judges files, and what writes the documents: neither belongs to a rule.
const isOther = (file: string): boolean => /\/policies\/(check\/.*|docs|write-docs|pack)\.ts$/.test(file);

/** The rules, and what they share. Lists of rules are held by the tests of the documents. */
export function modules(): string[] {
  return all().filter((file) => !isOther(file) && !/(\.test|\.fixture|\/rules)\.ts$/.test(file));
}

export function testFiles(): string[] {
  return all().filter((file) => !isOther(file) && file.endsWith(".test.ts"));
}

/** Where a rule is made; one a file. */
export function ruleFiles(): string[] {
  return modules().filter((file) => /^export const \w+ = (resource|stack|plan)Rule\(/m.test(textOf(file)));
}

export const ownTest = (file: string): string => file.replace(/\.ts$/, ".test.ts");

/** Through which every test asks a rule. */
export const fixture = join(policies, "resource.fixture.ts");
