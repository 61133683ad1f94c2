import { test } from "node:test";
import { later, saysOfStack } from "../aws/aws.fixture";
import { unknown } from "../resource.fixture";
import { addressUnique as rule } from "./address-unique";
import { converge, host, key, remote } from "./nodes.fixture";
import type { HostNic } from "./plan";

const at = (address: string, hostKey: string, rest: object = {}) => ({ host: address, hostKey, ...rest });
const card = (mac: string, functionMac: string): { nics: HostNic[] } => ({
  nics: [{ name: "data0", pci: "0000:01:00.0", mac, virtualFunctions: [{ driver: "vfio-pci", mac: functionMac }] }],
});

test("nodes with addresses of their own pass, also with one behind each of two bastions", () =>
  saysOfStack(rule, [
    [[remote("a", at("192.0.2.1", key("a"))), remote("a2", at("192.0.2.1", key("a")))], null],
    [[remote("a", at("192.0.2.1", key("a"))), remote("a2", at("192.0.2.1", key("a", "ssh-rsa")))], null],
    [[remote("a", at("192.0.2.1", key("a"))), remote("b", at("192.0.2.1", key("b"), { port: 2222 }))], null],
    [
      [
        converge("alpha", "10.0.0.1", key("a"), {}, "192.0.2.1"),
        converge("beta", "10.0.0.1", key("b"), {}, "192.0.2.2"),
      ],
      null,
    ],
    [
      [
        converge("alpha", "192.0.2.1", key("a"), card("02::1", "02::2")),
        converge("beta", "192.0.2.2", key("b"), card("02::3", "02::4")),
      ],
      null,
    ],
    [
      [
        converge("alpha", "192.0.2.1", key("a"), card("02::1", "02::2")),
        { ...converge("alpha", "192.0.2.1", key("a"), card("02::1", "02::2")), name: "again" },
      ],
      null,
    ],
    [
      [
        host("alpha"),
        { ...remote("a", at("192.0.2.1", key("a"))), parent: "alpha" },
        converge("alpha", "192.0.2.1", key("a")),
      ],
      null,
    ],
  ]));

test("a MAC address that an instance tells is not that of another node's NIC of the same name", () =>
  saysOfStack(rule, [
    [
      [
        converge("alpha", "192.0.2.1", key("a"), card("{mac:dpdk0}", "02::2")),
        converge("beta", "192.0.2.2", key("b"), card("{mac:dpdk0}", "02::4")),
      ],
      null,
    ],
  ]));

test("two nodes at one address are refused, by plans, by components and by host keys", () =>
  saysOfStack(rule, [
    [
      [converge("alpha", "192.0.2.1", key("a")), converge("beta", "192.0.2.1", key("a"))],
      { violates: /beta is entered at 192\.0\.2\.1:22, as alpha is/ },
    ],
    [
      [
        host("alpha"),
        host("beta"),
        { ...remote("a", at("Node", key("a"))), parent: "alpha" },
        { ...remote("b", at("node", key("a"))), parent: "beta" },
        { ...remote("b2", at("node", key("a"))), parent: "beta" },
      ],
      { violates: /b: beta is entered at node:22, as alpha is/ },
    ],
    [
      [remote("a", at("192.0.2.1", key("a"))), remote("b", at("192.0.2.1", key("b")))],
      { violates: /192\.0\.2\.1:22 has another host key here than in a/ },
    ],
  ]));

test("a MAC address that two nodes have is refused, of a card and of its functions", () =>
  saysOfStack(rule, [
    [
      [
        converge("alpha", "192.0.2.1", key("a"), card("02::1", "02::2")),
        converge("beta", "192.0.2.2", key("b"), card("02::3", "02::2")),
      ],
      { violates: /beta: MAC address 02::2 of data0 is that of data0 of alpha/ },
    ],
    [
      [
        converge("alpha", "192.0.2.1", key("a"), card("02::a", "02::2")),
        converge("beta", "192.0.2.2", key("b"), card("02::A", "02::4")),
      ],
      { violates: /MAC address 02::a/ },
    ],
  ]));

test("what is not known yet is said and hides nothing, and a key to come says nothing against an address", () =>
  saysOfStack(rule, [
    [[later, remote("a", at(unknown, key("a")), { connection: ["later"] })], { unjudged: true }],
    [
      [later, remote("a", at("192.0.2.1", unknown), { connection: ["later"] }), remote("b", at("192.0.2.1", key("b")))],
      null,
    ],
    [
      [
        later,
        remote("z", at(unknown, key("z")), { connection: ["later"] }),
        converge("alpha", "192.0.2.1", key("a")),
        converge("beta", "192.0.2.1", key("a")),
      ],
      { violates: /beta is entered/ },
    ],
    [[host("alpha")], "n/a"],
  ]));
