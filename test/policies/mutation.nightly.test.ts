import assert from "node:assert/strict";
import { test } from "node:test";
import { checker, measured, testsOf } from "./mutation/check";
import { equivalents, isListed, stale } from "./mutation/equivalents";
import { modules, testFiles, textOf } from "./mutation/files";
import { type Load, loader } from "./mutation/modules";
import { mutantsOf } from "./mutation/mutants";
import { line, progress, type Result, table } from "./mutation/report";

// All of it takes minutes. For some files alone: ONLY='aws/(role|known)' npx tsx --test test/policies/mutation.nightly.test.ts
const only = new RegExp(process.env.ONLY ?? "");

test("whatever condition of a rule is broken, a test fails", async () => {
  const load = loader();
  const tests = await measured(load, testFiles());
  const results: Result[] = [];
  for (const file of modules().filter((each) => only.test(each))) {
    const result = await checked(load, file, testsOf(file, tests));
    console.log(progress(result));
    results.push(result);
  }
  console.log(table(results));
  const survivors = results.flatMap((result) => result.survivors);
  assert.equal(survivors.length, 0, survivors.map(line).join("\n"));
});

test("what is listed to change nothing is still a mutant of its file", () => {
  const gone = modules().flatMap((file) => stale(file, mutantsOf(file, textOf(file)), equivalents));
  const files = modules().map((file) => file.replace(/.*\/policies\//, "policies/"));
  assert.deepEqual([...gone, ...equivalents.filter(({ file }) => !files.includes(file))], []);
});

async function checked(load: Load, file: string, tests: readonly string[]): Promise<Result> {
  const start = performance.now();
  const isKilled = checker(load, tests);
  const mutants = mutantsOf(file, textOf(file));
  const told = mutants.filter((mutant) => !isListed(mutant, equivalents));
  const survivors = [];
  for (const mutant of told) if (!(await isKilled(mutant))) survivors.push(mutant);
  return {
    file,
    killed: told.length - survivors.length,
    equivalent: mutants.length - told.length,
    survivors,
    seconds: (performance.now() - start) / 1000,
  };
}
