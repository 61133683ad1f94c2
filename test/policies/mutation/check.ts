import { dirname } from "node:path";
import { ownTest } from "./files";
import { firstFailure, type Load, notAProgram } from "./modules";
import type { Mutant } from "./mutants";

/** A test file, what it runs, and how long it takes when nothing is changed. */
export interface TestFile {
  readonly file: string;
  readonly modules: ReadonlySet<string>;
  readonly milliseconds: number;
}

/** Runs each file once as it is. Throws where one of its tests fails, since then no mutant says anything. */
export async function measured(load: Load, files: readonly string[]): Promise<TestFile[]> {
  const found: TestFile[] = [];
  for (const file of files) {
    const start = performance.now();
    const { cases, modules } = load(file);
    const failure = await firstFailure(cases);
    if (failure !== null || cases.length === 0)
      throw new Error(`${file} fails with nothing changed: ${failure?.title ?? "it has no test"}`, {
        cause: failure?.error,
      });
    found.push({ file, modules, milliseconds: performance.now() - start });
  }
  return found;
}

/** Test files that run a module: its own, then those beside it, then the others; of each kind the quick ones first. */
export function testsOf(module: string, all: readonly TestFile[]): string[] {
  const distance = ({ file }: TestFile) => (file === ownTest(module) ? 0 : dirname(file) === dirname(module) ? 1 : 2);
  return all
    .filter(({ modules }) => modules.has(module))
    .sort((a, b) => distance(a) - distance(b) || a.milliseconds - b.milliseconds)
    .map(({ file }) => file);
}

/** Whether a test fails with a mutant, by these files; the one that found a mutant is asked first about the next one. */
export function checker(load: Load, tests: readonly string[]): (mutant: Mutant) => Promise<boolean> {
  let order = [...tests];
  return async ({ file, text }) => {
    const texts = new Map([[file, text]]);
    for (const test of order) {
      if (!(await fails(load, test, texts))) continue;
      order = [test, ...order.filter((other) => other !== test)];
      return true;
    }
    return false;
  };
}

async function fails(load: Load, file: string, texts: ReadonlyMap<string, string>): Promise<boolean> {
  try {
    return (await firstFailure(load(file, { texts }).cases)) !== null;
  } catch (error) {
    if (error instanceof Error && error.message.endsWith(notAProgram)) throw error;
    return true; // a module that ends by an error when it is loaded
  }
}
