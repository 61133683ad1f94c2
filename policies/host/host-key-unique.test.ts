import { test } from "node:test";
import { later, saysOfStack } from "../aws/aws.fixture";
import { unknown } from "../resource.fixture";
import { hostKeyUnique as rule } from "./host-key-unique";
import { converge, host, key, remote } from "./nodes.fixture";

const at = (address: string, hostKey: string, rest: object = {}) => ({ host: address, hostKey, ...rest });

// A client's configuration that names no node.
const known = `node ${key("x")}`;
const unnamed = {
  type: "command:local:Command",
  name: "b",
  props: { environment: { SSH_CONFIG: "Host *", SSH_KNOWN_HOSTS: known } },
};

test("each node with a key of its own passes, also with several commands and over a bastion", () =>
  saysOfStack(rule, [
    [[remote("a", at("192.0.2.1", key("a"))), remote("b", at("192.0.2.2", key("b")))], null],
    [[remote("a", at("192.0.2.1", key("a"))), remote("a2", at("192.0.2.1", `${key("a")} comment`))], null],
    [
      [
        host("alpha"),
        { ...remote("a", at("alpha.example.net", key("a"))), parent: "alpha" },
        { ...remote("a2", at("192.0.2.1", key("a"))), parent: "alpha" },
      ],
      null,
    ],
    [
      [
        converge("alpha", "192.0.2.1", key("a"), {}, "192.0.2.9"),
        converge("beta", "192.0.2.2", key("b"), {}, "192.0.2.9"),
      ],
      null,
    ],
    [[remote("a", { host: "192.0.2.1" }), remote("b", { host: "192.0.2.2" })], null],
    [[remote("a", { hostKey: key("x") }), remote("b", at("192.0.2.2", key("x")))], null],
    [[remote("a", at("192.0.2.1", key("x"))), unnamed], null],
  ]));

test("one key for two nodes is refused, for raw commands, for plans and for both", () =>
  saysOfStack(rule, [
    [
      [remote("a", at("192.0.2.1", key("x"))), remote("b", at("192.0.2.2", `${key("x")} copy`))],
      { violates: /b: b \(192\.0\.2\.2:22\) has the host key of a \(192\.0\.2\.1:22\)/ },
    ],
    [
      [remote("a", at("192.0.2.1", key("x"))), remote("b", at("192.0.2.1", key("x"), { port: 2222 }))],
      { violates: /192\.0\.2\.1:2222/ },
    ],
    [
      [
        remote("a", at("10.0.0.1", key("x"), { proxy: { host: "192.0.2.1" } })),
        remote("b", at("10.0.0.1", key("x"), { proxy: { host: "192.0.2.2" } })),
      ],
      { violates: /behind 192\.0\.2\.2/ },
    ],
    [
      [converge("alpha", "192.0.2.1", key("x")), converge("beta", "192.0.2.2", key("x"))],
      { violates: /beta \(192\.0\.2\.2:22\) has the host key of alpha/ },
    ],
    [[remote("a", at("192.0.2.1", key("x"))), converge("beta", "192.0.2.2", key("x"))], { violates: /beta/ }],
    [
      [
        { type: "pulumi:pulumi:Stack", name: "fleet", props: {} },
        { ...remote("a", at("192.0.2.1", key("x"))), parent: "fleet" },
        { ...remote("b", at("192.0.2.2", key("x"))), parent: "fleet" },
      ],
      { violates: /b \(192\.0\.2\.2:22\)/ },
    ],
    [
      [
        host("alpha"),
        host("beta"),
        { ...remote("a", at("alpha", key("x"))), parent: "alpha" },
        { ...remote("b", at("192.0.2.2", key("x"))), parent: "beta" },
        { ...remote("b2", at("192.0.2.2", key("x"))), parent: "beta" },
      ],
      { violates: /b: beta \(192\.0\.2\.2:22\) has the host key of alpha/ },
    ],
  ]));

test("a name and a number may be one machine's, so that is a warning", () =>
  saysOfStack(rule, [
    [
      [remote("a", at("alpha.example.net", key("x"))), remote("b", at("192.0.2.2", key("x")))],
      { advises: /b \(192\.0\.2\.2:22\)/ },
    ],
    [[remote("a", at("alpha.example.net", key("x"))), converge("beta", "192.0.2.2", key("x"))], { advises: /beta/ }],
    [[converge("beta", "192.0.2.2", key("x")), remote("a", at("alpha.example.net", key("x")))], { advises: /a \(/ }],
  ]));

test("a key that is not known yet is said and hides no other, and a stack without nodes is left alone", () =>
  saysOfStack(rule, [
    [[later, remote("a", at("192.0.2.1", unknown), { connection: ["later"] })], { unjudged: true }],
    [
      [
        later,
        remote("z", at("192.0.2.9", unknown), { connection: ["later"] }),
        remote("a", at("192.0.2.1", key("x"))),
        remote("b", at("192.0.2.2", key("x"))),
      ],
      { violates: /b \(/ },
    ],
    [[host("alpha")], "n/a"],
  ]));
