import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { consoleLength, lastLines, saysReady } from "./console-log";

const folder = mkdtempSync(join(tmpdir(), "console-"));
const file = join(folder, "console.log");
test.after(() => rmSync(folder, { recursive: true }));

test("only what this boot printed says that the guest can be entered", () => {
  assert.equal(consoleLength(file), 0);
  assert.ok(!saysReady(file, 0));
  appendFileSync(file, "beta login: lab-ready 0f8b6ad2-8f4c-4d0a-9d53-2f6d6c1a7a11\r\n");
  assert.ok(saysReady(file, 0));
  const position = consoleLength(file);
  appendFileSync(file, "Linux version 6.1\r\n");
  assert.ok(!saysReady(file, position));
});

test("the last lines come without colours and empty lines", () => {
  appendFileSync(file, "[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39mssh.service\u001b[0m.\r\n\r\n");
  assert.deepEqual(lastLines(file, 2), ["Linux version 6.1", "[  OK  ] Started ssh.service."]);
  assert.deepEqual(lastLines(join(folder, "missing"), 2), []);
});
