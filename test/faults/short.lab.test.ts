import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { said } from "../lab/changes";
import { type Lab, theLab } from "../lab/lab";
import { motto, shortFaults } from "./faults";
import { type Outcome, outcomeTable, states, suffer } from "./story";

// Faults that take little time; after each, a plain up goes through.
let lab: Lab;
const outcomes: Outcome[] = [];

before(async () => {
  lab = theLab();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

after(() => {
  process.stdout.write(`${outcomeTable(outcomes)}\n`);
});

for (const fault of shortFaults) {
  test(`${fault.name}: the next up goes through`, async () => {
    outcomes.push(await suffer(lab, fault));
  });
}

test("the engine's process is killed during converge: the next up goes through", async () => {
  await lab.upKilledAt(/beta-converge updating/, motto("five"));
  const done = await lab.up(motto("five"));
  assert.equal(done.code, 0, said(done));
  outcomes.push({
    fault: "the engine is killed during converge (beta)",
    first: "ended there",
    second: "went through",
    nodes: await states(lab),
  });
});

test("a second operator's up at the same time is refused in one line that says what to do, the first one goes through", async () => {
  const change = lab.upBegun(/beta-converge updating/, motto("six"));
  await change.begun; // from here on the first one holds the stack's lock, until beta has its file
  const second = await lab.pulumi("up", "--yes", "--skip-preview");
  const first = await change.done;
  assert.equal(first.code, 0, said(first));
  assert.notEqual(second.code, 0);
  assert.match(said(second), /currently locked by 1 lock.*pulumi cancel/s);
  outcomes.push({
    fault: "a second operator runs up at once (beta)",
    first: "went through, the second one was refused",
    second: "not needed",
    nodes: await states(lab),
  });
});

test("the lab comes back with its committed fleet file", async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});
