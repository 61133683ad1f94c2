import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checker, measured, testsOf } from "./mutation/check";
import { equivalents, isListed } from "./mutation/equivalents";
import { ownTest, ruleFiles, textOf } from "./mutation/files";
import { loader } from "./mutation/modules";
import { type Mutant, mutantsOf } from "./mutation/mutants";

const becomes = (text: string) => mutantsOf("rule.ts", text).map((mutant) => mutant.becomes);

test("each operator is broken in its ways, and each entry of a list is taken out", () => {
  const broken: [text: string, becomes: string[]][] = [
    ["f(a === b);", ["f(a !== b);"]],
    ["f(a < b, c >= d);", ["f(a <= b, c >= d);", "f(a < b, c > d);"]],
    ["f(a && b);", ["f(a || b);", "f(b);", "f(a);"]],
    ["f(a ?? b);", ["f(a && b);"]],
    ["f(a ?? b ?? c);", ["f((a ?? b) && c);", "f((a && b) ?? c);"]],
    ["f(!a, true);", ["f(a, true);", "f(!a, false);"]],
    ["f(is(a) ? b : c);", ["f(!is(a) ? b : c);"]],
    ["if (is(a)) f();", ["if (!is(a)) f();"]],
    ["a.some((b) => is(b));", ["a.every((b) => is(b));", "a.some((b) => !is(b));"]],
    ["a.filter(is);", ["a.filter((...all) => !(is)(...all));"]],
    ['f(["a", "b"]);', ['f(["b"]);', 'f(["a", ]);']],
    ["const all = { a: /x/, b: 1 };", ["const all = { b: 1 };", "const all = { a: /x/,  };"]],
    ["function f() { return []; }", ['function f() { return ["changed"]; }']],
    ["/^(?:a|[|b]\\|)c$/;", ["/^(?:(?!)|[|b]\\|)c$/;", "/^(?:a|(?!))c$/;"]],
    ["new RegExp(`(a|b|$" + "{c})`);", ["new RegExp(`((?!)|b|$" + "{c})`);", "new RegExp(`(a|(?!)|$" + "{c})`);"]],
  ];
  for (const [text, expected] of broken) assert.deepEqual(becomes(text), expected, text);
});

test("what a rule says of itself, types, and what is no condition stay", () => {
  const texts = [
    'rule({ description: a === b ? "c" : "d", levels: { lab: true }, settings: { a: ["b"] } });',
    "type A = true | (B extends C ? 1 : 2);",
    "const all = new Map<string, true>();",
    "f(a + b);",
    "f(/[|]/);",
  ];
  for (const text of texts) assert.deepEqual(becomes(text), [], text);
});

const rule = join(__dirname, "rule.ts");
const strong = join(__dirname, "strong.test.ts");
const weak = join(__dirname, "weak.test.ts");
const heading =
  'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { isBig } from "./rule";\n';
const toys = new Map([
  [rule, "export function isBig(size: number): boolean {\n  return size > 3;\n}\n"],
  [
    strong,
    `${heading}test("3 is small, 4 is big", async () => assert.deepEqual([isBig(3), isBig(4)], [false, true]));`,
  ],
  [weak, `${heading}test("9 is big", () => assert.ok(isBig(9)));`],
]);
const mutants = mutantsOf(rule, toys.get(rule) ?? "");

test("a broken condition is found by a test that looks at it, and a weak test is told", async () => {
  const load = loader(toys);
  assert.deepEqual(
    mutants.map(({ line, within, was, becomes: now }) => [line, within, was, now]),
    [[2, "isBig", "return size > 3;", "return size >= 3;"]],
  );
  const [mutant] = mutants as [Mutant];
  assert.equal(await checker(load, [weak])(mutant), false);
  assert.equal(await checker(load, [weak, strong])(mutant), true);
  assert.equal(await checker(load, [weak])({ ...mutant, text: "export {}; throw new Error();" }), true);
  await assert.rejects(checker(load, [weak])({ ...mutant, text: "a ?? b && c" }), /rule\.ts is no program/);
});

test("tests that fail by themselves are an error, and tests are asked by what they run", async () => {
  const tests = await measured(loader(toys), [weak, strong]);
  assert.deepEqual(testsOf(rule, tests).sort(), [strong, weak]);
  assert.deepEqual(testsOf(join(__dirname, "other.ts"), tests), []);
  const failing = new Map([...toys, [rule, "export const isBig = () => false;"]]);
  await assert.rejects(measured(loader(failing), [strong]), /strong\.test\.ts fails with nothing changed: 3 is small/);
});

const withoutComparison = (text: string) => text.replace(/[!=]==/g, "");
const isComparison = ({ was, becomes: now }: Mutant) => withoutComparison(was) === withoutComparison(now);

test("of every rule the first condition makes its own tests fail when it is broken, and no file changes for it", async () => {
  const load = loader();
  for (const file of ruleFiles()) {
    const before = [textOf(file), statSync(file).mtimeMs];
    const all = mutantsOf(file, textOf(file)).filter((mutant) => !isListed(mutant, equivalents));
    const first = all.find(isComparison) ?? all[0];
    assert.ok(first !== undefined, `${file} has no condition`);
    assert.ok(
      await checker(load, [ownTest(file)])(first),
      `${file}:${first.line}: no test fails with ${first.becomes}`,
    );
    assert.deepEqual([textOf(file), statSync(file).mtimeMs], before);
  }
});
