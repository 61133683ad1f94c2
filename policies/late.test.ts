import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** What a program prints that begins as pack.cjs does. */
function printed(program: string): string {
  const begin = `require("./late.cjs").loadLate("@pulumi/pulumi", ["@npmcli/arborist", "@pulumi/pulumi/automation", "no-such-module"]);`;
  return execFileSync(process.execPath, ["-e", `${begin}\n${program}`], { cwd: __dirname, encoding: "utf8" }).trim();
}

/** Whether nobody has asked for anything of the resolver yet. */
const waits = `Object.values(require.cache).some(({ filename, exports }) =>
  /arborist\\/lib\\/index/.test(filename) && require("node:util").types.isProxy(exports))`;

test("the SDK of policies is loaded without npm's resolver", () => {
  assert.equal(printed(`require("@pulumi/policy"); console.log(${waits});`), "true");
});

test("what drives an engine is not loaded by rules, and is there where it is asked for", () => {
  const program = `require("@pulumi/policy"); const { automation } = require("@pulumi/pulumi");
    const waits = () => !Object.keys(require.cache).some((file) => /automation\\/stack/.test(file));
    console.log(waits(), typeof automation.LocalWorkspace, waits());`;
  assert.equal(printed(program), "true function false");
});

test("what is asked for is there: the module itself, by its name and as a default", () => {
  assert.equal(
    printed(`const { Node } = require("@npmcli/arborist"); console.log(typeof Node, ${waits});`),
    "function false",
  );
  assert.equal(printed(`console.log(typeof require("@npmcli/arborist").default);`), "function");
});
