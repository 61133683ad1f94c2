import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { attemptAfter, readEntry, writeEntry } from "./journal";

const folder = mkdtempSync(join(tmpdir(), "journal-"));
after(() => rmSync(folder, { recursive: true }));

test("a node whose last update ended well is not looked at again", () => {
  assert.equal(attemptAfter({ attempt: 0, open: false }), 0);
  assert.equal(attemptAfter({ attempt: 3, open: false }), 3);
});

test("after an update that did not end well the next one has another number, once", () => {
  assert.equal(attemptAfter({ attempt: 3, open: true }), 4);
});

test("an entry that is not there, or was cut off, says that nothing has failed", () => {
  assert.deepEqual(readEntry(join(folder, "none")), { attempt: 0, open: false });
  writeFileSync(join(folder, "cut"), '{"attempt": 2, "op');
  assert.deepEqual(readEntry(join(folder, "cut")), { attempt: 0, open: false });
});

test("an entry is written in one step, into a folder that need not be there", () => {
  const file = join(folder, "lab", "alpha.json");
  writeEntry(file, { attempt: 2, open: true });
  assert.deepEqual(readEntry(file), { attempt: 2, open: true });
  assert.deepEqual(readdirSync(join(folder, "lab")), ["alpha.json"]);
});
