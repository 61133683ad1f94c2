import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOf, selectorOf } from "./selector";

const labels = labelsOf(() => ({ app: "node", tier: "data" }));
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
  for (const [selector, selected] of cases)
    assert.equal(selectorOf(() => selector)(labels), selected, JSON.stringify(selector));
  const none = labelsOf(() => undefined);
  assert.equal(selectorOf(() => ({ matchLabels: { app: "node" } }))(none), false);
});

test("a selector and labels are read once, however often they are compared", () => {
  let reads = 0;
  const counted = (value: object) => () => {
    reads += 1;
    return value;
  };
  const selector = selectorOf(counted({ matchLabels: { app: "node" } }));
  const ofNode = labelsOf(counted({ app: "node" }));
  assert.equal(selector(ofNode), true);
  const once = reads;
  assert.equal(selector(ofNode), true);
  assert.equal(reads, once);
});

test("a label that is not known yet is told where a selector asks for it, and only there", () => {
  const later = Object.defineProperty({ app: "node" }, "tier", {
    get: () => {
      throw new Error("unknown");
    },
  });
  assert.equal(selectorOf(() => ({ matchLabels: { app: "node" } }))(labelsOf(() => later)), true);
  for (let again = 0; again < 2; again++)
    assert.throws(() => selectorOf(() => ({ matchLabels: { tier: "data" } }))(labelsOf(() => later)), /unknown/);
});
