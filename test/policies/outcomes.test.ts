import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { rules } from "../../policies/rules";
import { ruleFiles } from "./mutation/files";
import { loader } from "./mutation/modules";
import { missing, outcomesOf, outcomesTable, type Shown } from "./mutation/outcomes";

test("the tests of every rule show it pass, violate, not know, not apply and, where it can, mend", async () => {
  const load = loader();
  const all: Shown[] = [];
  for (const file of ruleFiles()) all.push(await outcomesOf(load, file));
  console.log(outcomesTable(all));
  assert.deepEqual(all.map(({ name }) => name).sort(), rules.map(({ name }) => name).sort());
  const lacking = all.filter((rule) => missing(rule).length > 0);
  assert.deepEqual(
    lacking.map((rule) => `${rule.name} is never shown: ${missing(rule).join(", ")}`),
    [],
  );
});

test("an outcome that no test shows is told, and what cannot be mended need not", async () => {
  const file = join(__dirname, "mutation/toy.ts");
  const rule = (more: string) =>
    `import { resourceRule } from "../../../policies/rule";\nexport const toy = resourceRule({ name: "dpdk-toy", levels: {}, judge: ({ type }) => (type === "a" ? [() => ["wrong"]] : []), ${more} });`;
  const toys = (more: string) =>
    new Map([
      [file, rule(more)],
      [
        file.replace(".ts", ".test.ts"),
        `import { test } from "node:test";\nimport { judge } from "../../../policies/resource.fixture";\nimport { toy } from "./toy";\ntest("a is wrong, b is right", async () => { await judge(toy, "a", {}); await judge(toy, "b", {}); });`,
      ],
    ]);
  const plain = await outcomesOf(loader(toys("")), file);
  assert.deepEqual([plain.name, missing(plain)], ["dpdk-toy", ["unknown", "not applicable"]]);
  const mending = await outcomesOf(loader(toys("remedy: () => undefined")), file);
  assert.deepEqual(missing(mending), ["unknown", "not applicable", "remedied"]);
  assert.match(
    outcomesTable([plain]),
    /^rule +passes +violates +unknown +not applicable +remedied\ndpdk-toy +x +x +-$/,
  );
});
