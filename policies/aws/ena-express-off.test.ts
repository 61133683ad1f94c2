import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { dpdk, nic, says, template } from "./aws.fixture";
import { enaExpressOff as rule } from "./ena-express-off";

const express = (enaSrdEnabled: unknown) => ({ enaSrdSpecification: { enaSrdEnabled: enaSrdEnabled as boolean } });

test("an interface without ENA Express passes, and so does one that is not DPDK's", () =>
  says(rule, [
    [nic, { tags: dpdk }, null],
    [nic, { tags: dpdk, ...express(false) }, null],
    [nic, { tags: { Name: "storage" }, ...express(true) }, null],
    [template, { tags: dpdk, networkInterfaces: [{ deviceIndex: 0 }] }, null],
  ]));

test("ENA Express on DPDK's interfaces is a warning", () =>
  says(rule, [
    [nic, { tags: dpdk, ...express(true) }, { advises: /^node: enaSrdSpecification\.enaSrdEnabled is true/ }],
    [
      template,
      { tags: dpdk, networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1, ...express(true) }] },
      { advises: /networkInterfaces\[1\]\.enaSrdSpecification/ },
    ],
  ]));

test("what is not known yet is said and hides nothing, and other resources are left alone", () =>
  says(rule, [
    [nic, { tags: dpdk, ...express(unknown) }, { unjudged: true }],
    [nic, { tags: unknown, ...express(true) }, { unjudged: true }],
    [template, { tags: dpdk, networkInterfaces: [unknown, express(true)] }, { advises: /\[1\]/ }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
