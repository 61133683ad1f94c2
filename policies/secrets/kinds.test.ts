import assert from "node:assert/strict";
import { test } from "node:test";
import { secretsIn } from "./kinds";

const value = "hunter2hunter2hunter2";

test("each name under which a value is a secret is known, in variables, JSON and YAML", () => {
  const named = [
    `PGPASSWORD=${value}`,
    `passwd: ${value}`,
    `"passphrase": "${value}"`,
    `client_secret=${value}`,
    `aws_secret_access_key=${value}`,
    `privatekey = ${value}`,
    `token: ${value}`,
    `api-key: ${value}`,
    `MYSQL_PWD=${value}`,
    `SSHPASS=${value}`,
  ];
  for (const text of named) assert.deepEqual(secretsIn(text), ["a password"], text);
});

test("what stands in place of a value is none", () => {
  const harmless = [
    "password=file:/etc/keys/registry",
    "passwd:         compat systemd",
    "f(a, token=true))",
    "f(a, token=false)",
    "f(a, token=none))",
    "f(a, token=null))",
    "password=$PASSWORD_OF_NODE",
    "password: <password>",
    "password: \n  from: the-vault",
    'password: " two words"',
  ];
  for (const text of harmless) assert.deepEqual(secretsIn(text), [], text);
});

test("tokens are known by the prefixes that their makers give them", () => {
  // Put together here, so that nothing that looks like a secret stands in the repository.
  const tokens: [prefix: string, length: number, kind: string][] = [
    ["AKIA", 16, "an AWS access key"],
    ["ASIA", 16, "an AWS access key"],
    ["dckr_pat_", 20, "a token"],
    ["ghp_", 36, "a token"],
    ["github_pat_", 22, "a token"],
    ["glpat-", 20, "a token"],
    ["xoxb-", 10, "a token"],
    ["npm_", 36, "a token"],
  ];
  for (const [prefix, length, kind] of tokens) {
    assert.deepEqual(secretsIn(`login ${prefix}${"A".repeat(length)}`), [kind], prefix);
    assert.deepEqual(secretsIn(`login ${prefix}${"A".repeat(length - 1)}`), [], prefix);
  }
  for (const scheme of ["Bearer", "basic"])
    assert.deepEqual(secretsIn(`curl -H "Authorization: ${scheme} ${value}"`), ["a bearer token"], scheme);
});

test("each option whose value is the next word is known", () => {
  for (const option of ["--password", "--passphrase", "--token", "--api-key", "--oauth2-bearer"])
    assert.deepEqual(secretsIn(`run ${option} ${value}`), ["a password"], option);
  for (const option of ["-u", "--user", "--proxy-user"])
    assert.deepEqual(secretsIn(`curl ${option} deploy:${value} https://example.com`), ["a password"], option);
});

test("each program that takes a password after a short option is known", () => {
  for (const client of ["mysql", "mysqldump", "mysqladmin", "mariadb"])
    assert.deepEqual(secretsIn(`${client} -uroot -p${value}`), ["a password"], client);
  const logins = ["docker", "podman", "nerdctl", "buildah", "skopeo", "oras", "crane auth", "helm registry"];
  for (const program of logins)
    assert.deepEqual(secretsIn(`${program} login -u bot -p ${value} example.com`), ["a password"], program);
});
