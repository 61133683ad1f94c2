import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(__dirname, "..");
const page = readFileSync(join(__dirname, "failures.md"), "utf8");

interface Row {
  readonly number: number;
  readonly safeguards: string;
  readonly tests: string;
  readonly proof: string;
}

const rows = page.split("\n").flatMap((line): Row[] => {
  const cells = line.split("|").map((cell) => cell.trim());
  const [, number = "", , safeguards = "", tests = "", proof = ""] = cells;
  return /^\d+$/.test(number) ? [{ number: Number(number), safeguards, tests, proof }] : [];
});

/** What stands between backticks. */
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, found]) => found as string);
const place = (file: string) => join(root, file.replace(/^agent\//, "components/host/agent/dpdk_node_agent/"));
const isFile = (text: string) => /^[\w./-]+\.(py|ts|c|json)$/.test(text);

/** How a test's name stands in a file of its language. */
const written: Readonly<Record<string, (name: string) => string>> = {
  py: (name) => `def ${name}(self`,
  ts: (name) => `test("${name}"`,
  c: (name) => `cmocka_unit_test(${name})`,
};

test("there are nineteen failures, in their order, and each says how it is proved", () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 19 }, (_, index) => index + 1),
  );
  for (const { number, proof } of rows) assert.notEqual(proof, "", `row ${number}`);
});

test("each part of a failure has a file that keeps it from happening, and a test", () => {
  for (const { number, safeguards, tests } of rows) {
    const [kept, shown] = [safeguards, tests].map((cell) => cell.split("<br>")) as [string[], string[]];
    assert.equal(kept.length, shown.length, `row ${number}`);
    kept.forEach((part, index) => {
      assert.ok(quoted(part).some(isFile), `row ${number}: ${part}`);
      assert.ok(quoted(shown[index] ?? "").length > 0, `row ${number}: ${part}`);
    });
  }
});

test("every file of the page is there", () => {
  for (const { number, safeguards, proof } of rows) {
    for (const file of quoted(`${safeguards} ${proof}`).filter(isFile)) {
      assert.ok(existsSync(place(file)), `row ${number}: ${file}`);
    }
  }
});

test("every test of the page is there", () => {
  for (const { number, tests } of rows) {
    for (const named of quoted(tests)) {
      const [, file = "", ending = "", name = ""] = /^(\S+\.(py|ts|c)): (.+)$/.exec(named) ?? [];
      assert.ok(existsSync(place(file)), `row ${number}: ${named}`);
      const line = written[ending]?.(name) ?? "";
      assert.ok(readFileSync(place(file), "utf8").includes(line), `row ${number}: no ${line} in ${file}`);
    }
  }
});
