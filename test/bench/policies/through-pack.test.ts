import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../../policies/rules";
import { idle, requests, throughPack } from "./through-pack";

test("there are as many resources as asked for, of many types, each with a URN of its own, and the stack has the same", () => {
  const { single, stack } = requests(500);
  assert.equal(new Set(single.map((one) => one.getUrn())).size, 500);
  assert.ok(new Set(single.map((one) => one.getType())).size > 10);
  assert.deepEqual(
    stack.getResourcesList().map((one) => one.getUrn()),
    single.map((one) => one.getUrn()),
  );
});

test("they go through the pack, and through rules that do nothing and are as many", async () => {
  const nothing = rules.map(idle);
  assert.deepEqual(
    nothing.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
    rules.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
  );
  await throughPack(rules, requests(50));
  await throughPack(nothing, requests(50));
});
