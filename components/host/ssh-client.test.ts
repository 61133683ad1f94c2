import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SshConnection } from "./connection";
import { knownHosts, sshConfig } from "./ssh-client";

const node: SshConnection = {
  host: "192.0.2.7",
  port: 2222,
  user: "operator",
  hostKey: "ssh-ed25519 AAAA",
  sudo: true,
};
const bastion: SshConnection = { ...node, host: "192.0.2.1", port: 22, user: "root", sudo: false };

/** What OpenSSH itself makes of a configuration. */
function resolved(to: SshConnection, name: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "ssh-client-"));
  try {
    writeFileSync(join(folder, "config"), sshConfig(to));
    const done = spawnSync("ssh", ["-F", join(folder, "config"), "-G", name], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    return new Map(
      done.stdout.split("\n").map((line) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1)]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("OpenSSH reads the node's address, login, and a host key that is pinned under a name of its own", () => {
  const settings = resolved(node, "node");
  const expected = { hostname: "192.0.2.7", port: "2222", user: "operator", hostkeyalias: "node", batchmode: "yes" };
  for (const [key, value] of Object.entries(expected)) assert.equal(settings.get(key), value, key);
  assert.match(settings.get("stricthostkeychecking") ?? "", /^(yes|true)$/);
  assert.equal(settings.get("userknownhostsfile"), "known_hosts");
  assert.equal(settings.get("serveraliveinterval"), "10");
  assert.equal(settings.get("proxyjump"), undefined);
});

test("a node behind a bastion is reached through it, each hop with its own login and key", () => {
  const to = { ...node, privateKey: "key", via: { ...bastion, agentSocket: "/run/agent.sock" } };
  const settings = resolved(to, "node");
  assert.equal(settings.get("proxyjump"), "bastion");
  assert.equal(settings.get("identityfile"), "node_key");
  assert.equal(settings.get("identityagent"), "none");
  const first = resolved(to, "bastion");
  assert.equal(first.get("hostname"), "192.0.2.1");
  assert.equal(first.get("user"), "root");
  assert.equal(first.get("identityagent"), "/run/agent.sock");
  assert.equal(first.get("proxyjump"), undefined);
});

test("host keys stand under the names of the hops", () => {
  assert.equal(knownHosts("ssh-ed25519 AAAA\n", null), "node ssh-ed25519 AAAA");
  assert.equal(knownHosts("ssh-ed25519 A", "ssh-rsa B"), "node ssh-ed25519 A\nbastion ssh-rsa B");
});

test("a host or login that would begin another line of the configuration is refused", () => {
  assert.throws(() => sshConfig({ ...node, host: "a\nProxyCommand x" }), /cannot stand in an ssh configuration/);
  assert.throws(() => sshConfig({ ...node, user: 'x" y' }), /cannot stand in an ssh configuration/);
});
