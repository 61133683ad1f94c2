import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { type NodeChanges, testFleet } from "./fleet";
import { freePort, type Sshd, startSshd } from "./sshd";
import { makeStack, type TestStack } from "./stack";

// The real engine, the project's own program, a real sshd for each node; behind them a scripted agent instead of a node.
let stack: TestStack;
let sshds: Sshd[];
let home: string;

before(async () => {
  stack = await makeStack();
  home = join(stack.folder, "home");
  mkdirSync(home);
  const agent = `${join(__dirname, "scripted-agent.py")} ${home}`;
  sshds = [];
  for (const last of [1, 2])
    sshds.push(await startSshd(join(stack.folder, `sshd-${last}`), agent, { address: `127.0.0.${last}` }));
});

after(async () => {
  for (const sshd of sshds) await sshd.stop();
  stack.remove();
});

afterEach(async () => {
  answers();
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  rmSync(join(home, "log"), { force: true });
});

const fleet = (nodes: Record<string, NodeChanges>) => stack.setFleet(testFleet(sshds, nodes));
const answers = (...lines: string[]) => writeFileSync(join(home, "answers"), lines.map((line) => `${line}\n`).join(""));
const up = () => stack.pulumi("up", "--yes", "--skip-preview");

async function brought(): Promise<void> {
  const done = await up();
  assert.equal(done.code, 0, done.out + done.err);
}

/** What the node was asked to do since the last look. */
function log(): string[] {
  const file = join(home, "log");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  rmSync(file, { force: true });
  return lines;
}

test("a node is uploaded to, enrolled, converged through its reboot and its bind, and left alone by the next up", async () => {
  fleet({ one: {} });
  answers("75 dpdk-fleet-retry: reason=reboot after=0 x", "75 dpdk-fleet-retry: reason=confirm after=0 x");
  const first = await up();
  assert.equal(first.code, 0, first.out + first.err);
  assert.deepEqual(log(), ["upload", "install", "converge 75", "converge 75", "converge 0"]);
  assert.match(first.out, /one reboots/);
  const second = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(second.code, 0, second.out + second.err);
  assert.deepEqual(log(), []);
});

test("a preview shows the kernel argument that changes, on the node that it concerns, and touches no node", async () => {
  fleet({ one: {}, two: {} });
  await brought();
  log();
  fleet({ one: {}, two: { extraArguments: ["nosoftlockup"] } });
  const preview = await stack.pulumi("preview", "--diff");
  assert.equal(preview.code, 0, preview.out + preview.err);
  assert.match(preview.out, /two-converge/);
  assert.match(preview.out, /\+.*nosoftlockup/);
  assert.doesNotMatch(preview.out, /one-converge/);
  assert.deepEqual(log(), []);
});

test("a failed change fails up with the agent's reason, and the corrected fleet file goes through", async () => {
  fleet({ one: {} });
  answers("1 dpdk-node-agent: kernel arguments did not boot, found crash=1; correct them");
  const failed = await up();
  assert.notEqual(failed.code, 0);
  assert.match(failed.out + failed.err, /kernel arguments did not boot, found crash=1; correct them/);
  fleet({ one: { sysctl: { "vm.max_map_count": 262144 } } });
  const mended = await up();
  assert.equal(mended.code, 0, mended.out + mended.err);
  assert.deepEqual(log(), ["upload", "install", "converge 1", "converge 0"]);
});

test("a fleet file that is put back after a failed update is applied: the node may be half what the failed one asked for", async () => {
  fleet({ one: {} });
  await brought();
  log();
  fleet({ one: { sysctl: { "vm.max_map_count": 262144 } } });
  answers("1 dpdk-node-agent: the disk is full");
  assert.notEqual((await up()).code, 0);
  fleet({ one: {} });
  const back = await up();
  assert.equal(back.code, 0, back.out + back.err);
  assert.deepEqual(log(), ["converge 1", "converge 0"]);
  const plan = JSON.parse(readFileSync(join(home, "plan.json"), "utf8")) as { sysctl: unknown[] };
  assert.deepEqual(plan.sysctl, []);
  const again = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(again.code, 0, again.out + again.err);
  assert.deepEqual(log(), []);
});

test("a node taken out of the fleet file is reverted, the others are not asked", async () => {
  fleet({ one: {}, two: {} });
  await brought();
  log();
  fleet({ one: {} });
  const done = await up();
  assert.equal(done.code, 0, done.out + done.err);
  assert.deepEqual(log(), ["uninstall"]);
});

test("a node whose first converge failed is reverted all the same", async () => {
  fleet({ one: {} });
  answers("1 dpdk-node-agent: half way");
  assert.notEqual((await up()).code, 0);
  log();
  fleet({});
  const done = await up();
  assert.equal(done.code, 0, done.out + done.err);
  assert.deepEqual(log(), ["uninstall"]);
});

test("a wrong host key ends up at once, with what to do, before the node is asked anything", async () => {
  const other = readFileSync(`${sshds[0]?.keyFile}.pub`, "utf8").trim();
  fleet({ one: { hostKey: other } });
  const failed = await up();
  assert.notEqual(failed.code, 0);
  assert.match(failed.out + failed.err, /host key is not the pinned one/);
  assert.deepEqual(log(), []);
});

test("a machine that does not answer yet is waited for", async () => {
  const port = await freePort();
  fleet({ one: { port } });
  let late: Promise<Sshd> | undefined;
  const done = await stack.pulumiTelling(
    (line) => {
      if (line.includes("one waits for SSH")) late ??= startLate(port);
    },
    "up",
    "--yes",
    "--skip-preview",
  );
  assert.ok(late !== undefined, `the hook did not wait: ${done.out}${done.err}`);
  await (await late).stop();
  // It was found once it was up: its host key is not the pinned one, which is told at once.
  assert.notEqual(done.code, 0);
  assert.match(done.out + done.err, /host key is not the pinned one/);
});

test("a machine that never answers is given up when its time is over, and up says so", async () => {
  fleet({ one: { port: await freePort(), limits: { answerSeconds: 30 } } });
  const start = Date.now();
  const failed = await up();
  assert.notEqual(failed.code, 0);
  assert.match(failed.out + failed.err, /one: gave up after 3\d s: its SSH server does not answer/);
  assert.ok(Date.now() - start < 90_000, "its time limit is 30 s");
});

function startLate(port: number): Promise<Sshd> {
  return startSshd(join(stack.folder, "late"), "/bin/false", { port });
}

test("the operator's private key is in no plain text of the state, the output or the errors", async () => {
  fleet({ one: {} });
  const done = await up();
  const exported = await stack.pulumi("stack", "export");
  const secret = readFileSync(sshds[0]?.keyFile ?? "", "utf8").split("\n")[2] ?? "";
  assert.ok(secret.length > 30);
  for (const text of [done.out, done.err, exported.out]) assert.ok(!text.includes(secret));
});
