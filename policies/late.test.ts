import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** What a program prints that begins as pack.cjs does. */
function printed(program: string): string {
  const begin = `require("./late.cjs").loadLate("@pulumi/pulumi", ["typescript", "@npmcli/arborist", "no-such-module"]);`;
  return execFileSync(process.execPath, ["-e", `${begin}\n${program}`], { cwd: __dirname, encoding: "utf8" }).trim();
}

/** Modules of the cache that nobody has asked for anything yet. */
const waiting = `Object.values(require.cache).filter(({ filename, exports }) =>
  /(typescript|arborist)\\/lib\\//.test(filename) && require("node:util").types.isProxy(exports)).length`;

test("the SDK of policies is loaded without the compiler and npm's resolver", () => {
  assert.equal(printed(`require("@pulumi/policy"); console.log(${waiting});`), "2");
  assert.equal(printed(`require("typescript").version; console.log(${waiting});`), "1");
});

test("what is asked for is there: the module itself, by its name and as a default", () => {
  const compile = `const ts = require("typescript"); console.log(ts.transpile("const a: number = 1"), ts.default.version === ts.version);`;
  assert.match(printed(compile), /a = 1;\s+true$/);
  assert.equal(printed(`console.log(typeof require("@npmcli/arborist").default);`), "function");
});
