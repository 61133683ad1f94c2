import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decide, defaultRetryLimits, lastConsoleLines } from "./retry";

const fresh = { count: 1, elapsedSeconds: 0 };
const failure = (text: string) => `Process exited with status 75: running "dpdk-node-agent converge":\n${text}`;

test("a node that reboots is tried again after the seconds that its agent asks for", () => {
  const decision = decide(
    failure("dpdk-fleet-retry: reason=reboot after=20 into the trial kernel"),
    fresh,
    defaultRetryLimits,
  );
  assert.deepEqual(decision, { retry: true, afterSeconds: 20, why: "reboots: into the trial kernel" });
});

test("every reason of the protocol has words for a person", () => {
  const words = ["reboot", "working", "confirm"].map((reason) => {
    const decision = decide(failure(`dpdk-fleet-retry: reason=${reason} after=1 `), fresh, defaultRetryLimits);
    return decision.why;
  });
  assert.deepEqual(words, ["reboots", "works", "confirms its NIC binding"]);
});

test("a connection that went away is tried again", () => {
  for (const error of [
    "after 3 failed attempts: dial tcp 127.0.0.1:22101: connect: connection refused",
    "after 3 failed attempts: dial tcp 192.0.2.1:22: i/o timeout",
    'wait: remote command exited without exit status or exit signal: running "x":\n',
    "ssh: handshake failed: EOF",
    "ssh: handshake failed: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
    "ssh: rejected: connect failed (Connection refused)",
  ]) {
    assert.equal(decide(error, fresh, defaultRetryLimits).retry, true, error);
  }
});

test("a wrong host key or login ends at once, with what to do", () => {
  const mismatch = decide("ssh: handshake failed: ssh: host key mismatch", fresh, defaultRetryLimits);
  assert.equal(mismatch.retry, false);
  assert.match(mismatch.why, /ssh\.hostKey/);
  const login = decide(
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    fresh,
    defaultRetryLimits,
  );
  assert.equal(login.retry, false);
  assert.match(login.why, /ssh\.user/);
});

test("an error of the agent's own is final", () => {
  const error = 'Process exited with status 1: running "x":\ndpdk-node-agent: kernel arguments did not boot';
  assert.deepEqual(decide(error, fresh, defaultRetryLimits), { retry: false, why: "", console: false });
});

test("the console is shown for a kernel that did not boot, and not for a plan that the node refuses", () => {
  const boot = decide("dpdk-node-agent: the trial boot failed (1 of 2), at rdinit=/nowhere", fresh, defaultRetryLimits);
  assert.deepEqual(boot, { retry: false, why: "", console: true });
});

test("patience ends with the time and with the number of attempts, and says how much was spent", () => {
  const marker = failure("dpdk-fleet-retry: reason=reboot after=20 ");
  const late = decide(marker, { count: 3, elapsedSeconds: 1200 }, defaultRetryLimits);
  assert.deepEqual(late, { retry: false, why: "gave up after 1200 s and 3 attempts: it still reboots", console: true });
  assert.equal(decide(marker, { count: 60, elapsedSeconds: 1 }, defaultRetryLimits).retry, false);
});

test("the last console lines are shown without control sequences", () => {
  const folder = mkdtempSync(join(tmpdir(), "console-"));
  try {
    const file = join(folder, "console.log");
    writeFileSync(file, "one\r\n\u001b[0;32m OK \u001b[0m two\r\n\r\nKernel panic - not syncing\r\n");
    assert.equal(lastConsoleLines(file, 2), "  |  OK  two\n  | Kernel panic - not syncing");
    assert.equal(lastConsoleLines(join(folder, "none")), "");
    assert.equal(lastConsoleLines(undefined), "");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
