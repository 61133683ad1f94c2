import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { bastion, instance, says, template } from "./aws.fixture";
import { noPublicIp as rule } from "./no-public-ip";

const interfaces = (...values: unknown[]) => ({
  networkInterfaces: values.map((each) => ({ associatePublicIpAddress: each as string })),
});

test("a machine that asks for none passes, and so does a declared bastion", async () => {
  await says(rule, [
    [instance, { associatePublicIpAddress: false }, null],
    [instance, {}, null],
    [template, interfaces("false"), null],
    [instance, { associatePublicIpAddress: true, tags: bastion }, null],
    [template, { ...interfaces("true"), tagSpecifications: [{ tags: bastion }] }, null],
  ]);
  await says(rule, [[instance, { associatePublicIpAddress: true }, "n/a"]], { settings: { bastions: ["no*"] } });
});

test("a public address is refused, on each interface of a template too", () =>
  says(rule, [
    [instance, { associatePublicIpAddress: true }, { violates: /associatePublicIpAddress is true/ }],
    [template, interfaces("false", "true"), { violates: /networkInterfaces\[1\]\.associatePublicIpAddress is true/ }],
    [template, interfaces(unknown, true), { violates: /networkInterfaces\[1\]/ }],
  ]));

test("what is not known yet is said, and other resources are left alone", () =>
  says(rule, [
    [instance, { associatePublicIpAddress: unknown }, { unjudged: true }],
    [template, { networkInterfaces: unknown }, { unjudged: true }],
    [instance, { associatePublicIpAddress: true, tags: unknown }, { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
