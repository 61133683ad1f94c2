import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { instance, nic, says, template } from "./aws.fixture";
import { sourceDestCheck as rule } from "./source-dest-check";

const tags = { "pantheonchain.org/dpdk-forwarding": "true" };

test("the check is on by itself, and off where forwarding is declared", async () => {
  await says(rule, [
    [nic, {}, null],
    [instance, { sourceDestCheck: true }, null],
    [nic, { sourceDestCheck: false, tags }, null],
    [instance, { tags, networkInterfaces: [{ deviceIndex: 0 }] }, null],
    [instance, { tags, sourceDestCheck: false, secondaryNetworkInterfaces: [{ sourceDestCheck: true }] }, null],
  ]);
  await says(rule, [[nic, { sourceDestCheck: false }, null]], { settings: { forwarding: ["node"] } });
});

test("off without a word, and a word without being off, are warnings", () =>
  says(rule, [
    [nic, { sourceDestCheck: false }, { advises: /sourceDestCheck is false and no forwarding is declared/ }],
    [instance, { sourceDestCheck: false }, { advises: /sourceDestCheck is false/ }],
    [
      instance,
      { secondaryNetworkInterfaces: [{ sourceDestCheck: true }, { sourceDestCheck: false }] },
      { advises: /secondaryNetworkInterfaces\[1\]\.sourceDestCheck is false/ },
    ],
    [nic, { sourceDestCheck: true, tags }, { advises: /is not false though forwarding is declared/ }],
    [instance, { tags }, { advises: /is not false/ }],
  ]));

test("what is not known yet is said, and other resources are left alone", () =>
  says(rule, [
    [nic, { sourceDestCheck: unknown }, { unjudged: true }],
    [nic, { sourceDestCheck: false, tags: unknown }, { unjudged: true }],
    [template, {}, "n/a"],
  ]));
