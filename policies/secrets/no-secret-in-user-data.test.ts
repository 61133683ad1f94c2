import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { instance, says, template } from "../aws/aws.fixture";
import { judge, unknown } from "../resource.fixture";
import { noSecretInUserData as rule } from "./no-secret-in-user-data";

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const login = "#!/bin/sh\nregistry login --password=hunter2hunter2\n";

test("user data that fetches its secrets passes", () =>
  says(
    rule,
    [
      'TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")',
      'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/mac',
      "PASSWORD=$(aws secretsmanager get-secret-value --secret-id node --query SecretString --output text)",
      `/etc/eks/bootstrap.sh c --b64-cluster-ca ${base64("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")}`,
      "#cloud-config\nchpasswd:\n  expire: false\n  list:\n    - root:$6$rounds=4096$salt\n    - user:RANDOM\n    - other:R\nssh_pwauth: false\n",
      "#cloud-config\nusers:\n  - name: node\n    passwd: $6$rounds=4096$salt\n",
      "",
    ].map((userData) => [instance, { userData }, null] as const),
  ));

test("a secret is refused, however it is packed", () =>
  says(rule, [
    [instance, { userData: login }, { violates: /userData holds a password, which every program/ }],
    [instance, { userData: base64(login) }, { violates: /userData holds a password/ }],
    [instance, { userDataBase64: base64(login) }, { violates: /userDataBase64 holds a password/ }],
    [instance, { userDataBase64: base64(gzipSync(login)) }, { violates: /holds a password/ }],
    [template, { userData: base64(login) }, { violates: /userData holds a password/ }],
    [
      template,
      { userData: base64(`#cloud-config\nwrite_files:\n  - encoding: b64\n    content: ${base64(login)}\n`) },
      { violates: /userData holds a password/ },
    ],
    [
      instance,
      { userData: "#cloud-config\nchpasswd:\n  list: |\n    root:hunter2hunter2\n" },
      { violates: /a password/ },
    ],
    [
      instance,
      { userData: "#cloud-config\nchpasswd: { expire: false }\n  - root:hunter2\n" },
      { violates: /a password/ },
    ],
    [instance, { userData: `echo '-----BEGIN OPENSSH ${"PRIVATE"} KEY-----' > key` }, { violates: /a private key/ }],
    [instance, { userData: '{"config": "{\\"token\\": \\"hunter2hunter2\\"}"}' }, { violates: /a password/ }],
  ]));

test("the value is in no message, and a kind is told once", async () => {
  const { violations } = await judge(rule, instance, { userData: `${login}${login}` });
  assert.equal(violations.length, 1);
  assert.ok(!violations.join().includes("hunter2"));
});

test("what is not known yet is said and hides nothing, and other resources are left alone", () =>
  says(rule, [
    [instance, { userData: unknown }, { unjudged: true }],
    [instance, { userData: unknown, userDataBase64: base64(login) }, { violates: /userDataBase64/ }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
