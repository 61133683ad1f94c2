import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { said } from "../lab/changes";
import { type Lab, theLab } from "../lab/lab";
import { shortFaults } from "./faults";
import { type Outcome, outcomeTable, suffer } from "./story";

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

test("a second operator's up at the same time is refused in one line that says what to do, the first one goes through", async () => {
  const change = lab.up((fleet) => {
    fleet.nodes.beta = { ...fleet.nodes.beta, files: [{ path: "/etc/pantheonchain/motto", content: "five\n" }] };
  });
  let second = await lab.pulumi("preview"); // takes no lock: goes through beside the first one
  assert.equal(second.code, 0, said(second));
  const end = Date.now() + 60_000;
  do {
    second = await lab.pulumi("up", "--yes", "--skip-preview");
  } while (second.code === 0 && Date.now() < end);
  const first = await change;
  assert.equal(first.code, 0, said(first));
  assert.notEqual(second.code, 0);
  assert.match(said(second), /currently locked by 1 lock.*pulumi cancel/s);
});

test("the lab comes back with its committed fleet file", async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});
