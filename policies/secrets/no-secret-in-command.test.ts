import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { noSecretInCommand as rule } from "./no-secret-in-command";

const command = (props: object) => judge(rule, "command:remote:Command", { create: "true", ...props });
const says = async (create: string) =>
  (await command({ create })).violations.map((line) => line.split("\n").at(-1)).join();

test("commands that name files and variables pass", async () => {
  const harmless = [
    "sudo -n dpdk-node-agent converge --image registry.example.com/node@sha256:00 # agent 0123456789ab",
    "curl --netrc-file /etc/pantheonchain/netrc https://registry.example.com/v2/",
    'curl -H "Authorization: Bearer $TOKEN" https://example.com',
    "PGPASSWORD_FILE=/run/secrets/pg psql",
    "password=$(cat /etc/keys/registry) run",
    "git clone https://$USER:$TOKEN@example.com/a.git",
    "grep -q '^PasswordAuthentication no' /etc/ssh/sshd_config",
    "echo 'token: null' > config.yaml",
    "ssh-keygen -y -P '' -f key",
  ];
  for (const create of harmless) {
    assert.deepEqual(await command({ create }), passes, create);
  }
});

test("what looks like a secret is refused, by its place and kind and never by its value", async () => {
  // Put together here, so that nothing that looks like a secret stands in the repository.
  const planted: [string, RegExp, string][] = [
    [`echo '-----BEGIN OPENSSH ${"PRIVATE"} KEY-----' > key`, /create holds a private key/, "OPENSSH"],
    [
      `aws configure set aws_access_key_id ${"AKIA"}ABCDEFGHIJKLMNOP`,
      /create holds an AWS access key/,
      "ABCDEFGHIJKLMNOP",
    ],
    [`npm login ${"npm_"}${"a".repeat(36)}`, /create holds a token/, "a".repeat(36)],
    [`curl -H "Authorization: ${"Bearer"} abcdef0123456789"`, /create holds a bearer token/, "abcdef0123456789"],
    ["git clone https://deploy:hunter2hunter2@example.com/a.git", /create holds a password in an address/, "hunter2"],
    ["sshpass -p hunter2 ssh root@192.0.2.1", /create holds a password/, "hunter2"],
    ["registry login --password=hunter2hunter2", /create holds a password/, "hunter2"],
    ['echo \'{"apiKey": "hunter2hunter2"}\' > config.json', /create holds a password/, "hunter2"],
  ];
  for (const [create, pattern, value] of planted) {
    const said = await says(create);
    assert.match(said, pattern);
    assert.ok(!said.includes(value), said);
  }
});

test("standard input and the commands of an update and a delete are judged too", async () => {
  const again = await command({ update: "sshpass -p hunter2 ssh x" });
  assert.match(again.violations.join(), /update holds a password/);
  for (const content of ["a\npassword=hunter2hunter2", '{ "token": "hunter2hunter2" }']) {
    const stdin = await command({ stdin: JSON.stringify({ files: [{ content }] }) });
    assert.match(stdin.violations.join(), /stdin holds a password/);
  }
  const undo = await command({ delete: "sshpass -p hunter2 ssh x" });
  assert.match(undo.violations.join(), /delete holds a password/);
});

test("a command that repeats a secret of its connection or environment is refused", async () => {
  const value = "a value that no pattern knows";
  const connection = await command({ create: `x ${value}`, connection: { host: "192.0.2.1", password: value } });
  assert.match(connection.violations.join(), /create holds the value of connection\.password/);
  const environment = await command({ stdin: `x ${value}`, environment: { SSH_NODE_KEY: value } });
  assert.match(environment.violations.join(), /stdin holds the value of environment\.SSH_NODE_KEY/);
  assert.ok(!environment.violations.join().includes(value));
});

test("each name of a secret is known, and a short value or one that the command does not repeat is none", async () => {
  const value = "12345678";
  for (const name of ["privateKey", "privateKeyPassword", "passphrase", "secret", "token"]) {
    const { violations } = await command({ create: `x ${value}`, connection: { [name]: value } });
    assert.match(violations.join(), new RegExp(`create holds the value of connection\\.${name}`));
  }
  for (const name of ["API_KEY", "PASSWORD", "PASSPHRASE", "SECRET", "TOKEN"]) {
    const { violations } = await command({ create: `x ${value}`, environment: { [name]: value } });
    assert.match(violations.join(), new RegExp(`create holds the value of environment\\.${name}`));
  }
  for (const name of ["PUBLIC_KEY", "HOST_KEY", "OBJECT_KEY", "CACHE_KEY"])
    assert.deepEqual(await command({ create: `x ${value}`, environment: { [name]: value } }), passes, name);
  assert.deepEqual(await command({ create: "x 1234567", environment: { TOKEN: "1234567" } }), passes);
  assert.deepEqual(await command({ create: "x", environment: { TOKEN: value } }), passes);
});

test("what a list holds in an element and as a whole is told once", async () => {
  const { violations } = await command({ interpreter: ["sshpass -p hunter2 ssh", "x"] });
  assert.equal(violations.length, 1);
});

test("commands on this machine, and functions that run one, are judged too", async () => {
  for (const type of ["command:local:Command", "command:local:run", "command:remote:run"]) {
    const { violations } = await judge(rule, type, { create: "sshpass -p hunter2 ssh x" });
    assert.equal(violations.length, 1, type);
  }
});

test("a command that is not known yet is not judged, and does not hide the secret beside it", async () => {
  const { violations, unjudged } = await command({ create: unknown, delete: "sshpass -p hunter2 ssh x" });
  assert.match(violations.join(), /delete holds a password/);
  assert.match(unjudged.join(), /dpdk-no-secret-in-command.*\.create can't be known during preview/);
});

test("a resource that is no command is left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource is no command"]);
});

test("the usual ways to give a password are refused", async () => {
  const planted = [
    "registry login --password hunter2hunter2",
    "validator init --keystore-password hunter2hunter2",
    "kubeadm join 192.0.2.1:6443 --token abcdef.0123456789abcdef",
    "PGPASSWORD=hunter2hunter2 psql",
    "MYSQL_PWD=hunter2hunter2 mysql",
    "aws configure set aws_secret_access_key hunter2hunter2hunter2",
    "curl -u deploy:hunter2hunter2 https://example.com",
    "curl -H 'X-Api-Key: hunter2hunter2' https://example.com",
    "redis-cli -u redis://:hunter2hunter2@example.com",
    "echo 'root:hunter2hunter2' | sudo chpasswd",
    "sshpass -v -p hunter2 ssh x",
    `echo '-----BEGIN PGP ${"PRIVATE"} KEY BLOCK-----'`,
    "echo apiToken: hunter2hunter2 > node.yaml",
    "CLIENTSECRET=hunter2hunter2 login",
    `vault login hvs.${"A".repeat(24)}`,
    `tailscale up --authkey tskey-auth-${"A".repeat(20)}`,
    `skopeo login -u bot -p dckr_pat_${"A".repeat(24)}`,
    `curl https://example.com/?jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${"A".repeat(20)}`,
    "mysql -uroot -phunter2hunter2 -e 'select 1'",
    "docker login -u bot -p hunter2hunter2 registry.example.com",
    "redis-cli -a hunter2hunter2 ping",
    "printf 'PrivateKey = hunter2hunter2hunter2' > wg0.conf",
  ];
  for (const create of planted) assert.match(await says(create), /create holds a/, create);
  const spread = await command({ interpreter: ["sshpass", "-p", "hunter2", "ssh"] });
  assert.match(spread.violations.join(), /interpreter holds a password/);
});

test("commands that only look like it pass", async () => {
  const harmless = [
    "kubectl apply -f - <<E\nvolumes:\n- secret:\n    secretName: node-tls\nE",
    "password=`vault kv get -field=password kv/registry`",
    "podman run --secret=node-key image",
    "printf 'password: !vault x' > vars.yaml",
    'mysql -uroot -p"$MYSQL_ROOT" -e "select 1"',
    "mysql -p < schema.sql",
    "ssh login@192.0.2.1 -p 2222",
    "docker login -u bot -p $REGISTRY registry.example.com",
    "mkdir -p /etc/mysql && cp -a mysql /etc/mysql",
    "echo imagePullSecret: registry-login",
    'redis-cli -a "$(cat /etc/redis.pass)" ping',
    "grep '^passwd:         compat systemd' /etc/nsswitch.conf",
    "echo https://<user>:<password>@example.com",
  ];
  for (const create of harmless) assert.equal(await says(create), "", create);
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";
  const repeated = await command({ create: `echo ${key}`, environment: { PUBLIC_KEY: key } });
  assert.deepEqual(repeated.violations, []);
});

test("an environment that is not known yet is said to be unjudged", async () => {
  const { violations, unjudged } = await command({ environment: unknown });
  assert.deepEqual(violations, []);
  assert.match(unjudged.join(), /dpdk-no-secret-in-command.*\.environment can't be known during preview/);
});

test("an element that is not known yet does not hide the secret beside it", async () => {
  const { violations } = await command({ triggers: [unknown, `npm_${"a".repeat(36)}`] });
  assert.match(violations.join(), /triggers holds a token/);
});
