import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { interpreterOf } from "../image/interpreter";

// The command of InstanceHostKey as the command provider runs it, with a program in place of AWS's command line.
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGVleGFtcGxlZXhhbXBsZWV4YW1wbGVleGFt";
const console_ = (key: string) =>
  ["boot", "-----BEGIN SSH HOST KEY KEYS-----", `${key} root@host`, "-----END SSH HOST KEY KEYS-----"].join("\\n");
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-console-"));
  file = join(folder, "host-keys", "validator-00.pub");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program `aws` that answers with each of these in turn, the last one again and again; it writes down what it was asked. */
function aws(...answers: string[]): void {
  const cases = answers.map((answer, at) => `  ${at === answers.length - 1 ? "*" : at}) ${answer} ;;`).join("\n");
  const program = `#!/bin/sh
n=$(cat ${folder}/count 2>/dev/null || echo 0); echo $((n + 1)) >${folder}/count; echo "$*" >>${folder}/asked
case $n in
${cases}
esac
`;
  writeFileSync(join(folder, "aws"), program);
  chmodSync(join(folder, "aws"), 0o755);
}

function command(verb: string, seconds: number, path = `${folder}${delimiter}${process.env.PATH}`) {
  const [program = "", ...words] = interpreterOf(__filename, join(__dirname, "console-command"));
  const own = {
    REGION: "eu-central-1",
    INSTANCE_ID: "i-0a",
    HOST_KEY_FILE: file,
    SECONDS: `${seconds}`,
    POLL_SECONDS: "0.05",
  };
  const child = spawn(program === "node" ? process.execPath : program, [...words, verb], {
    env: { ...process.env, ...own, PATH: path },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => (said.out += text));
  child.stderr.on("data", (text) => (said.err += text));
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...said })),
  );
}

test("the key is waited for, printed, and kept for other connections; afterwards it is forgotten", async () => {
  aws(`printf 'None\\n'`, `printf 'booting\\n'`, `printf '${console_(KEY)}\\n'`);
  const { code, out, err } = await command("read", 20);
  assert.deepEqual([code, out, readFileSync(file, "utf8")], [0, `${KEY}\n`, `${KEY}\n`], err);
  assert.equal(err, "i-0a: waiting for its host key on the console\n".repeat(2));
  assert.match(
    readFileSync(join(folder, "asked"), "utf8"),
    /^ec2 get-console-output --latest --region eu-central-1 --instance-id i-0a /,
  );
  assert.equal((await command("forget", 1)).code, 0);
  assert.equal(existsSync(file), false);
});

test("a console without a key ends in time, in one line", async () => {
  aws("echo booting");
  const { code, out, err } = await command("read", 0.2);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /aws: i-0a: no host key on its console after 0\.2 s; look at `aws ec2 get-console-output --latest`/,
  );
  assert.equal(existsSync(file), false);
});

test("what AWS's command line says is passed on, and its absence is told", async () => {
  aws("{ echo; echo 'An error occurred (ExpiredToken): the token is expired' >&2; exit 254; }");
  assert.match(
    (await command("read", 5)).err,
    /^aws: i-0a: An error occurred \(ExpiredToken\).*; mend that, then up again\n$/,
  );
  assert.match(
    (await command("read", 5, "/nowhere")).err,
    /^aws: i-0a: there is no program aws; install AWS's command line, version 2\n$/,
  );
});

test("two keys on one console are refused", async () => {
  aws(`printf '${console_(KEY)}\\n${console_(KEY.replace("IGV4", "IGV5"))}\\n'`);
  const { code, err } = await command("read", 5);
  assert.equal(code, 1);
  assert.match(err, /its console has 2 host keys of type ed25519; replace the instance/);
});
