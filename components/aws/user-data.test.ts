import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";
import { KEY } from "./fleet.fixture";
import { refusing } from "./refusals";
import { refuseSecret, userData } from "./user-data";

const refuse = refusing("fleet");
const full = userData({ sshKeys: [KEY, `${KEY}: "two" #3`], hugepages: { size: "1G", pages: [4, 2] } }, refuse);

test("user data is the golden text", () => {
  assert.equal(full, readFileSync(join(__dirname, "golden/user-data.yaml"), "utf8"));
});

test("it is YAML, in which a key's comment stays a comment", () => {
  const { ssh_authorized_keys, bootcmd } = load(full) as Record<string, unknown>;
  assert.deepEqual(ssh_authorized_keys, [KEY, `${KEY}: "two" #3`]);
  assert.deepEqual(bootcmd, [
    [
      "cloud-init-per",
      "instance",
      "hugepages-1G-node0",
      "sh",
      "-c",
      "echo 4 > /sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages",
    ],
    [
      "cloud-init-per",
      "instance",
      "hugepages-1G-node1",
      "sh",
      "-c",
      "echo 2 > /sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages",
    ],
  ]);
});

test("without hugepages no command runs", () => {
  assert.ok(!userData({ sshKeys: [KEY], hugepages: null }, refuse).includes("bootcmd"));
});

test("it gives the instance no host key: the instance makes its own, and tells the public ones", () => {
  const told = load(full) as Record<string, unknown>;
  assert.ok(!("ssh_keys" in told));
  assert.deepEqual(
    [told.ssh_deletekeys, told.ssh_genkeytypes, told.ssh],
    [true, ["ed25519"], { emit_keys_to_console: true }],
  );
});

test("secrets of each kind are refused by the kind and the line", () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["-----BEGIN RSA PRIVATE KEY-----", "a private key"],
    ["AKIAIOSFODNN7EXAMPLE", "an AWS access key"],
    [`ghp_${"a".repeat(36)}`, "a token"],
    ["glpat-aaaaaaaaaaaaaaaaaaaa", "a token"],
    ["password: hunter22", "a password"],
    ["API_KEY=0123456789", "a password"],
  ];
  for (const [secret, kind] of wrong)
    assert.throws(
      () => refuseSecret(`#cloud-config\n${secret}`, refuse),
      new RegExp(`user data has ${kind} in line 2,`),
      secret,
    );
  refuseSecret(full, refuse);
});
