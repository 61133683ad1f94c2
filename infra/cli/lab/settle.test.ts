import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./settle";
import type { NodeAnswer } from "./status";

function answer(active: string, sub: string): NodeAnswer {
  return { node: "beta", status: { dataPlane: { unit: { active, sub } } } } as unknown as NodeAnswer;
}

/** Answers one after the other, the last one for ever; and how often it was asked. */
function asked(...answers: NodeAnswer[]) {
  const seen = { times: 0 };
  const ask = async () => [answers[Math.min(seen.times++, answers.length - 1)] as NodeAnswer];
  return { ask, seen };
}

test("a service that is on its way up is waited for, and said to be", async () => {
  const said: string[] = [];
  const { ask, seen } = asked(
    answer("activating", "start-pre"),
    answer("activating", "start"),
    answer("active", "running"),
  );
  const answers = await settled(ask, 10, (line) => said.push(line), 0);
  assert.deepEqual(answers, [answer("active", "running")]);
  assert.equal(seen.times, 3);
  assert.deepEqual(said, ["the service of beta starts", "the service of beta starts"]);
});

test("one that runs, one that failed and one that is tried again and again are answers at once", async () => {
  const others: NodeAnswer[] = [{ node: "beta", error: "Connection refused" }, answer("activating", "auto-restart")];
  for (const one of [answer("active", "running"), answer("failed", "failed"), ...others]) {
    const { ask, seen } = asked(one);
    assert.deepEqual(await settled(ask, 10, () => undefined, 0), [one]);
    assert.equal(seen.times, 1);
  }
});

test("after its time a service that still starts is what it is", async () => {
  const { ask } = asked(answer("activating", "start"));
  assert.deepEqual(await settled(ask, 0, () => undefined, 0), [answer("activating", "start")]);
});
