import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-typescript-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What node prints that reads TypeScript as Pulumi.yaml says, with the stack traces of the SDK's start. */
function printed(files: Record<string, string>, program: string): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const begin = 'require("source-map-support/register");';
  const args = ["--require", join(__dirname, "typescript.cjs"), "--eval", begin + program];
  const done = spawnSync(process.execPath, args, { cwd: __dirname, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}

test("a program of TypeScript is read, and asks for others without their endings", () => {
  const files = {
    "sum.ts": "export const sum = (a: number, b: number): number => a + b;\n",
    "index.ts": 'import { sum } from "./sum";\nconsole.log(sum(1, 2));\n',
  };
  assert.equal(printed(files, `require(${JSON.stringify(folder)})`), "3");
});

test("a stack trace names the line of TypeScript", () => {
  const files = {
    "fails.ts":
      "interface Cause {\n  readonly text: string;\n}\n\nconst cause: Cause = { text: 'x' };\n\nthrow new Error(cause.text);\n",
  };
  const program = `try { require(${JSON.stringify(join(folder, "fails.ts"))}) } catch (error) { console.log(error.stack) }`;
  assert.match(printed(files, program), /fails\.ts:7:7\b/);
});

test("TypeScript's compiler is not loaded", () => {
  const program = `require(${JSON.stringify(join(folder, "index.ts"))}); console.log(Object.keys(require.cache).some((file) => file.includes("/typescript/lib/")))`;
  assert.equal(printed({ "index.ts": "export const one: number = 1;\n" }, program), "false");
});
