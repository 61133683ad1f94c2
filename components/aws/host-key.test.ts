import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "./errors";
import { hostKeyOfConsole } from "./host-key";

const key = (letter: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
const block = (...keys: string[]) =>
  `-----BEGIN SSH HOST KEY KEYS-----\n${keys.map((one) => `${one} root@ip-10-80-4-0`).join("\n")}\n-----END SSH HOST KEY KEYS-----\n`;
const boot = (text: string) =>
  `[    0.000000] Linux version 6.1.0\n[   21.4] cloud-init[512]: done\n${text}ip-10-80-4-0 login: `;

test("the key is the one that stands between cloud-init's marks", () => {
  assert.equal(hostKeyOfConsole("solo", boot(block(key("a")))), key("a"));
  assert.equal(hostKeyOfConsole("solo", boot(block("ecdsa-sha2-nistp256 AAAAE2Vj", key("a")))), key("a"));
  assert.equal(hostKeyOfConsole("solo", boot(block(key("a"))).replaceAll("\n", "\r\n")), key("a"));
});

test("a boot that has not come so far, or is cut off in the middle, has none yet", () => {
  assert.equal(hostKeyOfConsole("solo", boot("")), null);
  assert.equal(hostKeyOfConsole("solo", boot(block(key("a"))).split("-----END")[0] ?? ""), null);
  assert.equal(hostKeyOfConsole("solo", boot(block())), null);
});

test("a key outside of the marks is nobody's", () => {
  assert.equal(hostKeyOfConsole("solo", boot(`${key("b")} root@other\n`)), null);
  assert.equal(hostKeyOfConsole("solo", boot(`${key("b")} root@other\n${block(key("a"))}`)), key("a"));
});

test("the same key of two boots is one, and two keys are refused", () => {
  assert.equal(hostKeyOfConsole("solo", boot(block(key("a")) + block(key("a")))), key("a"));
  assert.throws(
    () => hostKeyOfConsole("solo", boot(block(key("a")) + block(key("b")))),
    (error) =>
      error instanceof AwsError && /solo: its console has 2 host keys .*; replace the instance/.test(error.message),
  );
});
