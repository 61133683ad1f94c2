import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../../infra/cli/command";
import { wrongStages } from "./ours";
import { labPlan } from "./plan.fixture";
import { factsScript } from "./prepared";
import { keepScript, undoScript } from "./start";

for (const [name, script] of Object.entries({ facts: factsScript, keep: keepScript, undo: undoScript })) {
  test(`the shell reads the script ${name}, made from the lab's plan`, async () => {
    const done = await run("sh", ["-n"], { input: script(labPlan()) });
    assert.deepEqual([done.code, done.err], [0, ""]);
  });
}

test("every part of the plan is asked for: its values or its paths stand in the script of facts", () => {
  const script = factsScript(labPlan());
  const { hugepageMounts, sysctl, files, nics, accounts } = labPlan();
  const names = [
    ...hugepageMounts.map(({ path }) => path),
    ...sysctl.map(({ key }) => key),
    ...files.map(({ path }) => path),
    ...nics.map(({ pci }) => pci),
    ...(accounts?.groups ?? []),
  ];
  for (const name of names) assert.ok(script.includes(name), name);
});

test("a stage that is absent or partial is wrong, one that cannot be verified is not", () => {
  const lines = ["ok", "absent", "partial", "unverifiable"].map((state) =>
    JSON.stringify({ stage: `a-${state}`, state }),
  );
  assert.deepEqual(wrongStages(`${lines.join("\n")}\n`), ["a-absent", "a-partial"]);
  assert.throws(() => wrongStages(""), /answered nothing/);
});
