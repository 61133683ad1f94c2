import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import { test } from "node:test";
import { isProcessRunning } from "./process-running";

test("this process runs, a number that no process has does not", () => {
  assert.equal(isProcessRunning(process.pid), true);
  assert.equal(isProcessRunning(2 ** 22 + 1), false); // above the kernel's highest pid_max
});

test("a process that has ended and waits to be collected does not run", async () => {
  // A shell that starts a child, tells its number and becomes a program that never collects it. The child ends only then: a
  // shell that is still one would collect it.
  const parent = spawn("sh", ["-c", "cat <&3 >/dev/null & echo $!; exec sleep 30"], {
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  try {
    const pid = await new Promise<number>((resolve) => parent.stdout?.once("data", (text) => resolve(Number(text))));
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8") === "sleep\n");
    (parent.stdio[3] as Writable).end();
    await until(() => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
    assert.equal(isProcessRunning(pid), false);
  } finally {
    parent.kill("SIGKILL");
  }
});

async function until(come: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!come() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
