import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { said } from "../lab/changes";
import { type Lab, theLab } from "../lab/lab";
import { longFaults } from "./faults";
import { type Outcome, outcomeTable, suffer } from "./story";

// Faults that take minutes each; after each, a plain up goes through. Run by `npm run test:nightly`.
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

for (const fault of longFaults) {
  test(`${fault.name}: the next up goes through`, async () => {
    outcomes.push(await suffer(lab, fault));
  });
}

test("the lab comes back with its committed fleet file", async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});
