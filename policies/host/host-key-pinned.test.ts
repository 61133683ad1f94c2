import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { hostKeyPinned as rule } from "./host-key-pinned";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";
const remote = (connection: object, stack = "mainnet") =>
  judge(
    rule,
    "command:remote:Command",
    { create: "true", connection: { host: "192.0.2.1", ...connection } },
    { stack },
  );
const local = (props: object) => judge(rule, "command:local:Command", { create: "true", ...props });

test("a connection with host keys for every hop passes", async () => {
  assert.deepEqual(await remote({ hostKey: key }), passes);
  assert.deepEqual(await remote({ hostKey: key, proxy: { host: "192.0.2.2", hostKey: key } }), passes);
  assert.deepEqual(await local({ environment: { SSH_KNOWN_HOSTS: `node ${key}\nbastion ${key}` } }), passes);
  assert.deepEqual(await local({ environment: { HOME: "/root" } }), passes);
});

test("a server or a bastion without a host key is refused", async () => {
  assert.match((await remote({})).violations.join(), /node: connection has no hostKey/);
  assert.match((await remote({ hostKey: "" })).violations.join(), /connection has no hostKey/);
  const proxy = await remote({ hostKey: key, proxy: { host: "192.0.2.2" } });
  assert.match(proxy.violations.join(), /connection\.proxy has no hostKey/);
});

test("a file that is copied needs the host key as a command does", async () => {
  const { violations } = await judge(rule, "command:remote:CopyToRemote", { connection: { host: "192.0.2.1" } });
  assert.match(violations.join(), /connection has no hostKey/);
});

test("OpenSSH told to believe whoever answers is refused, wherever it is told", async () => {
  const asked = await local({ create: "ssh -o StrictHostKeyChecking=no root@192.0.2.1 reboot" });
  assert.match(asked.violations.join(), /create has StrictHostKeyChecking=no/);
  const written = await local({ environment: { SSH_CONFIG: "Host *\n  UserKnownHostsFile /dev/null" } });
  assert.match(written.violations.join(), /environment\.SSH_CONFIG has UserKnownHostsFile \/dev\/null/);
  const empty = await local({ environment: { SSH_KNOWN_HOSTS: "node " } });
  assert.match(empty.violations.join(), /environment\.SSH_KNOWN_HOSTS lacks a host key/);
});

test("a lab's stack is left alone, and so is a resource that is no command", async () => {
  assert.deepEqual((await remote({}, "lab")).notApplicable, ["the stack is a lab"]);
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource is no command"]);
});

test("a host key that is not known yet is not judged, and does not hide the hop without one", async () => {
  const { violations, unjudged } = await remote({ hostKey: unknown, proxy: { host: "192.0.2.2" } });
  assert.match(violations.join(), /connection\.proxy has no hostKey/);
  assert.match(unjudged.join(), /dpdk-host-key-pinned.*\.connection\.hostKey can't be known during preview/);
});

test("every spelling that trusts, wherever it stands, is refused", async () => {
  const asked = [
    { create: "ssh -o StrictHostKeyChecking='no' x" },
    { create: "ssh -o StrictHostKeyChecking=false x" },
    { update: "ssh -o StrictHostKeyChecking=off x" },
    { delete: "ssh -o StrictHostKeyChecking=accept-new x" },
    { environment: { ANSIBLE_HOST_KEY_CHECKING: "no" } },
    { environment: { ANSIBLE_HOST_KEY_CHECKING: "0" } },
    { environment: { SSH_KNOWN_HOSTS: `node ${key}\nbastion ssh-ed25519 ` } },
    { stdin: "Host *\n\tStrictHostKeyChecking\tno" },
    { environment: { ANSIBLE_HOST_KEY_CHECKING: "False" } },
    { create: "ssh-keyscan node >> ~/.ssh/known_hosts" },
    { environment: { SSH_KNOWN_HOSTS: "node ssh-ed25519 " } },
  ];
  for (const props of asked) assert.equal((await local(props)).violations.length, 1, JSON.stringify(props));
  const inside = await judge(rule, "command:remote:Command", {
    create: "scp -o StrictHostKeyChecking=no a b:",
    connection: { host: "192.0.2.1", hostKey: key },
  });
  assert.match(inside.violations.join(), /create has StrictHostKeyChecking=no/);
});

test("a known_hosts text with comments, tabs and a last line break passes; what stands in it is in no message", async () => {
  const text = `# the lab\nnode\t${key.replace(" ", "\t")}\n`;
  assert.deepEqual(await local({ environment: { SSH_KNOWN_HOSTS: text } }), passes);
  const wrong = await local({ environment: { SSH_KNOWN_HOSTS: "hunter2hunter2" } });
  assert.match(wrong.violations.join(), /environment\.SSH_KNOWN_HOSTS lacks a host key/);
  assert.ok(!wrong.violations.join().includes("hunter2"));
});

test("an environment or a word that is not known yet does not hide what is", async () => {
  const environment = await local({ create: "ssh -o StrictHostKeyChecking=no x", environment: unknown });
  assert.match(environment.violations.join(), /create has StrictHostKeyChecking=no/);
  assert.equal(environment.unjudged.length, 1);
  const interpreter = await local({ interpreter: ["ssh", "-oStrictHostKeyChecking=no", unknown] });
  assert.match(interpreter.violations.join(), /interpreter has StrictHostKeyChecking=no/);
});
