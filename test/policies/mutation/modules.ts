import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

/** One `test(…)` of a test file. */
export interface Case {
  readonly title: string;
  run(): unknown;
}

export type Exports = Record<string, unknown>;

/** What is other than on disk; nothing is ever written. By the files' paths. */
export interface Changes {
  /** Texts of modules. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What a module gives to those that import it, made from what it exports. */
  readonly exports?: ReadonlyMap<string, (exports: Exports) => Exports>;
}

export interface Loaded {
  readonly cases: readonly Case[];
  /** Modules that were run for it, not those of which only types are used. */
  readonly modules: ReadonlySet<string>;
}

export type Load = (testFile: string, changes?: Changes) => Loaded;

type Run = (exports: Exports, require: (name: string) => unknown, module: object, file: string, folder: string) => void;

/**
 * Runs a test file and what it imports by relative paths anew at each call, in this process, with `node:test` replaced by a list. Other
 * packages are Node's own, and loaded once. What is compiled is kept: only what a change is in is compiled again. `unwritten` are files
 * that are not on disk, by their paths.
 */
export function loader(unwritten: ReadonlyMap<string, string> = new Map()): Load {
  const compiled = new Map<string, Run>();
  const unchanged = (file: string): Run => {
    const run = compiled.get(file) ?? compile(file, unwritten.get(file) ?? readFileSync(file, "utf8"));
    compiled.set(file, run);
    return run;
  };
  return (testFile, { texts = new Map(), exports = new Map() } = {}) => {
    const cases: Case[] = [];
    const modules = new Map<string, { exports: Exports }>();
    const test = (title: string, run: () => unknown) => cases.push({ title, run });
    const load = (file: string): Exports => {
      const known = modules.get(file);
      if (known !== undefined) return known.exports;
      const module: { exports: Exports } = { exports: {} };
      modules.set(file, module);
      const text = texts.get(file);
      const run = text === undefined ? unchanged(file) : compile(file, text);
      const outside = createRequire(file);
      const require = (name: string): unknown => {
        if (name === "node:test") return { test };
        if (!name.startsWith(".")) return outside(name);
        return load(resolve(join(dirname(file), name), unwritten));
      };
      run(module.exports, require, module, file, dirname(file));
      module.exports = exports.get(file)?.(module.exports) ?? module.exports;
      return module.exports;
    };
    load(testFile);
    return { cases, modules: new Set(modules.keys()) };
  };
}

function resolve(path: string, unwritten: ReadonlyMap<string, string>): string {
  const found = [`${path}.ts`, path].find((each) => unwritten.has(each) || existsSync(each));
  if (found === undefined) throw new Error(`there is no module ${path}`);
  return found;
}

function compile(file: string, text: string): Run {
  const { outputText } = transpileModule(text, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
  });
  const body = `(function (exports, require, module, __filename, __dirname) {${outputText}\n})`;
  return scriptOf(body, file).runInThisContext() as Run;
}

/** How the message ends where a text cannot even be read: such a mutant says nothing about a test. */
export const notAProgram = "is no program";

function scriptOf(body: string, file: string): Script {
  try {
    return new Script(body, { filename: file });
  } catch (cause) {
    throw new Error(`${file} ${notAProgram}`, { cause });
  }
}

/** The first test that fails, with its error; null where all pass. */
export async function firstFailure(cases: readonly Case[]): Promise<{ title: string; error: unknown } | null> {
  for (const { title, run } of cases) {
    try {
      await run();
    } catch (error) {
      return { title, error };
    }
  }
  return null;
}
