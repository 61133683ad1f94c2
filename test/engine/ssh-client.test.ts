import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { SshConnection } from "../../components/host/connection";
import { decide, defaultRetryLimits } from "../../components/host/retry";
import { knownHosts, sshConfig } from "../../components/host/ssh-client";
import { type CommandResult, run } from "../../infra/cli/command";
import { type Sshd, startSshd } from "./sshd";

// The script that the resource runs, with OpenSSH's client and a real sshd. Its login runs what stands in the file `behaviour`.
const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-ssh-"));
const script = readFileSync(join(__dirname, "../../components/host/ssh-client.sh"), "utf8");
const behaviour = join(folder, "behaviour");
let sshd: Sshd;

before(async () => {
  sshd = await startSshd(folder, `/bin/sh ${behaviour}`);
});

after(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

function client(change: Partial<SshConnection> = {}, hostKey = sshd.hostKey): Promise<CommandResult> {
  const to: SshConnection = { host: "127.0.0.1", port: sshd.port, user: sshd.user, hostKey, sudo: false, ...change };
  const withKey = { ...to, privateKey: "given by SSH_NODE_KEY" };
  return run("/bin/sh", ["-c", script, "ssh-client", "what is asked"], {
    input: "the plan",
    seconds: 60,
    environment: {
      SSH_CONFIG: sshConfig(withKey, { seconds: 1, missed: 3 }),
      SSH_KNOWN_HOSTS: knownHosts(hostKey, to.via === undefined ? null : hostKey),
      SSH_NODE_KEY: readFileSync(sshd.keyFile, "utf8"),
      SSH_BASTION_KEY: readFileSync(sshd.keyFile, "utf8"),
    },
  });
}

const fresh = { count: 1, elapsedSeconds: 0 };

test("the command is run, its input arrives, its output and exit code come back, and no key is left behind", async () => {
  writeFileSync(behaviour, 'echo "asked: $SSH_ORIGINAL_COMMAND"; cat; env | grep -c SSH_NODE_KEY >&2; exit 75\n');
  const done = await client();
  assert.equal(done.out, "asked: what is asked\nthe plan");
  assert.equal(done.code, 75);
  assert.equal(done.err.trim(), "0");
});

test("a wrong host key is refused before the node is asked anything, and no wait can mend it", async () => {
  writeFileSync(behaviour, "echo ran\n");
  const done = await client({}, readFileSync(`${sshd.keyFile}.pub`, "utf8").trim());
  assert.equal(done.code, 255);
  assert.equal(done.out, "");
  const decision = decide(done.err, fresh, defaultRetryLimits);
  assert.match(decision.why, /host key is not the pinned one/);
  assert.equal(decision.retry, false);
});

test("a login that is not accepted cannot be mended by waiting, a port that refuses can", async () => {
  const login = decide((await client({ user: "nobody" })).err, fresh, defaultRetryLimits);
  assert.equal(login.retry, false);
  assert.match(login.why, /did not accept the key/);
  const port = decide((await client({ port: 1 })).err, fresh, defaultRetryLimits);
  assert.equal(port.retry, true);
});

test("a node that falls silent in the middle is noticed, and tried again", async () => {
  // The server's process of this connection stops for a while: a node that has lost its power, as far as a network can tell.
  writeFileSync(behaviour, "(sleep 12; kill -CONT $PPID) >/dev/null 2>&1 & kill -STOP $PPID; exec sleep 12\n");
  const start = Date.now();
  const done = await client();
  assert.equal(done.code, 255);
  assert.match(done.err, /Timeout, server 127\.0\.0\.1 not responding/);
  assert.ok(Date.now() - start < 15_000, "three missed signs of life, one a second");
  assert.equal(decide(done.err, fresh, defaultRetryLimits).retry, true);
});
