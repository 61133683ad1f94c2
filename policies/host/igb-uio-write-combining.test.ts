import assert from "node:assert/strict";
import { test } from "node:test";
import { instance, says, template } from "../aws/aws.fixture";
import { passes, unknown } from "../resource.fixture";
import { igbUioWriteCombining as rule } from "./igb-uio-write-combining";
import type { HostNic, HostPlan } from "./plan";
import { judgePlan, judgeUnknownPlan, plan } from "./plan.fixture";

const command = "command:remote:Command";
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("user data that loads it with write combining passes, and what does not load it", () =>
  says(
    rule,
    [
      "modprobe uio\ninsmod igb_uio.ko wc_activate=1",
      "echo 'options igb_uio wc_activate=1' > /etc/modprobe.d/igb.conf\nmodprobe igb_uio",
      "grubby --args=igb_uio.wc_activate=1\nmodprobe igb_uio",
      "modprobe -r igb_uio",
      "igb_uio",
      "- path: /etc/modules-load.d/dpdk.conf\n  content: |\n    vfio-pci\n",
      "modprobe --remove igb_uio",
      "modprobe vfio-pci",
      "# modprobe igb_uio",
    ].map((userData) => [instance, { userData }, null] as const),
  ));

test("user data that loads it without is refused, also in a template", () =>
  says(rule, [
    [instance, { userData: "modprobe igb_uio" }, { violates: /userData has modprobe igb_uio.*add wc_activate=1/ }],
    [instance, { userData: "insmod /opt/igb_uio.ko intr_mode=msix; true" }, { violates: /insmod/ }],
    [instance, { userData: "modprobe igb_uio wc_activate=0" }, { violates: /wc_activate=0/ }],
    [
      instance,
      { userData: "- path: /etc/modules-load.d/dpdk.conf\n  content: |\n    uio\n    igb_uio\n" },
      { violates: /userData has igb_uio,/ },
    ],
    [
      instance,
      { userData: "- path: /etc/modules\n  content: |\n    igb_uio\n" },
      { violates: /userData has igb_uio,/ },
    ],
    [
      instance,
      { userData: "- path: /usr/lib/modules-load.d/dpdk.conf\n  content: |\n    igb_uio\n" },
      { violates: /userData has igb_uio,/ },
    ],
    [template, { userData: base64("#!/bin/sh\nmodprobe igb_uio\n") }, { violates: /modprobe igb_uio/ }],
  ]));

test("a command is judged where the card is known to be an ENA, and left alone where it is not", async () => {
  const on = (host: string) => ({ create: "modprobe igb_uio", connection: { host } });
  await says(rule, [
    [command, on("192.0.2.1"), null],
    [command, on("ec2-192-0-2-1.compute-1.amazonaws.com"), { violates: /create has modprobe igb_uio/ }],
    [command, on("ip-10-0-0-1.ec2.internal"), { violates: /create has/ }],
    [command, on("ip-10-0-0-1.eu-west-1.compute.internal"), { violates: /create has/ }],
    [command, { create: "modprobe ena && modprobe igb_uio" }, { violates: /create has/ }],
    [command, { stdin: "lspci -d 1d0f:ec20\nmodprobe igb_uio" }, { violates: /stdin has/ }],
    [command, { create: unknown, stdin: "modprobe ena\nmodprobe igb_uio" }, { violates: /stdin has/ }],
  ]);
  await says(rule, [[command, on("192.0.2.1"), { violates: /create has/ }]], { settings: { ena: ["node"] } });
});

test("a plan that loads it for an ENA needs the option, in a file or an argument", async () => {
  const nic: HostNic = { name: "data0", pci: "0000:00:06.0", driver: "ena", virtualFunctions: [] };
  const judged = (changes: Partial<HostPlan>) => judgePlan(rule, { nics: [nic], modules: ["igb_uio"], ...changes });
  assert.match((await judged({})).violations.join(), /alpha: module igb_uio is loaded for data0, an ENA/);
  const { driver: _, ...byId } = { ...nic, id: "1d0f:ec20" };
  assert.match((await judged({ nics: [byId] })).violations.join(), /data0/);
  assert.match((await judged({ modules: [], nics: [{ ...nic, bind: "igb_uio" }] })).violations.join(), /data0/);
  const several = [nic, { ...nic, name: "data1", bind: "igb_uio" }];
  assert.match((await judged({ modules: [], nics: several })).violations.join(), /data0/);
  const stdin = JSON.stringify(plan({ nics: [{ ...nic, driver: "ixgbe" }], modules: ["igb_uio"] }));
  await says(rule, [[command, { stdin }, { violates: /data0, an ENA/ }]], { settings: { ena: ["node"] } });
  const passing: Partial<HostPlan>[] = [
    { files: [{ path: "/etc/modprobe.d/igb.conf", content: "options igb_uio wc_activate=1" }] },
    { kernel: { arguments: ["igb_uio.wc_activate=1"] } },
    { nics: [{ ...nic, driver: "ixgbe" }] },
    { modules: ["vfio-pci"] },
  ];
  for (const changes of passing) assert.deepEqual(await judged(changes), passes, JSON.stringify(changes));
});

test("what is not known yet is said, and other resources are left alone", async () => {
  assert.match((await judgeUnknownPlan(rule)).unjudged.join(), /can't be known/);
  await says(rule, [
    [instance, { userData: unknown }, { unjudged: true }],
    [command, { create: "modprobe igb_uio", connection: { host: unknown } }, { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]);
});
