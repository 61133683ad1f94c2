import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isProcessRunning } from "./process-running";

test("this process runs, a number that no process has does not", () => {
  assert.equal(isProcessRunning(process.pid), true);
  assert.equal(isProcessRunning(2 ** 22 + 1), false); // above the kernel's highest pid_max
});

test("a process that has ended and waits to be collected does not run", async () => {
  // A shell that starts a child, tells its number and becomes a program that never collects it.
  const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
    const isZombie = () => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const end = Date.now() + 10_000;
    while (!isZombie() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isProcessRunning(pid), false);
  } finally {
    parent.kill("SIGKILL");
  }
});
