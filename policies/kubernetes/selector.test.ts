import assert from "node:assert/strict";
import { test } from "node:test";
import { selects } from "./selector";

const labels = { app: "node", tier: "data" };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }],
});

test("labels and each kind of expression select what they are for", () => {
  const cases: [object | undefined, boolean][] = [
    [{}, true],
    [undefined, true],
    [{ matchLabels: { app: "node", tier: "data" } }, true],
    [{ matchLabels: { app: "node", tier: "web" } }, false],
    [{ matchLabels: { app: "node" }, ...expression("tier", "DoesNotExist") }, false],
    [expression("app", "In", "web", "node"), true],
    [expression("app", "In", "web"), false],
    [expression("other", "In", "node"), false],
    [expression("app", "NotIn", "node"), false],
    [expression("other", "NotIn", "node"), true],
    [expression("app", "Exists"), true],
    [expression("other", "Exists"), false],
    [expression("other", "DoesNotExist"), true],
  ];
  for (const [selector, selected] of cases) assert.equal(selects(selector, labels), selected, JSON.stringify(selector));
  assert.equal(selects({ matchLabels: { app: "node" } }, undefined), false);
});
