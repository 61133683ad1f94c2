import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "node:test";

const project = resolve(__dirname, "..");

/** What a program prints that node starts as Pulumi.yaml says. */
function printed(program: string, environment: Record<string, string> = {}): string {
  const args = ["--require", resolve(__dirname, "lean-sdk.cjs"), "--eval", program];
  const done = spawnSync(process.execPath, args, {
    cwd: project,
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}

const traceOf = `
  const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
  const promise = Promise.resolve(7);
  debuggablePromise(promise, "of a test").then((value) => console.log(value, promise._debugCtx, promise._debugStackTrace.split("\\n").length));
`;

test("a promise of the SDK keeps its value and its name, and has no stack trace", () => {
  assert.equal(printed(traceOf), "7 of a test 1");
});

test("it has one where somebody looks for promises that are never kept", () => {
  const [, lines] = /^7 of a test (\d+)$/.exec(printed(traceOf, { PULUMI_DEBUG_PROMISE_LEAKS: "1" })) ?? [];
  assert.ok(Number(lines) > 1, lines);
});

test("an error keeps its stack trace, also one that is made after such a promise", () => {
  const program = `${traceOf}; console.log(new Error("mine").stack.split("\\n").length > 1)`;
  assert.match(printed(program), /^true$/m);
});

test("npm's resolver is not loaded until something of it is asked for", () => {
  const program = `
    require("@pulumi/pulumi");
    const isLoaded = () => Object.keys(require.cache).some((file) => file.includes("/@npmcli/arborist/lib/arborist/"));
    const [before, kind] = [isLoaded(), typeof require("@npmcli/arborist").Arborist];
    console.log(before, kind, isLoaded());
  `;
  assert.equal(printed(program), "false function true");
});

test("TypeScript's compiler, neither", () => {
  const program = `
    require("@pulumi/pulumi");
    const file = require.resolve("typescript");
    const isWaiting = require("node:util").types.isProxy(require.cache[file].exports);
    console.log(isWaiting, typeof require("typescript").transpileModule);
  `;
  assert.equal(printed(program), "true function");
});

test("what is put into effect can be taken back", () => {
  const program = `
    const debuggable = require("@pulumi/pulumi/runtime/debuggable");
    const own = debuggable.debuggablePromise;
    const back = require("./infra/lean-sdk.cjs").traceNoPromises(debuggable);
    const again = debuggable.debuggablePromise;
    back();
    console.log(own === again, own === debuggable.debuggablePromise, typeof require("./infra/lean-sdk.cjs").traceNoPromises({})());
  `;
  assert.equal(printed(program), "false true undefined");
});
