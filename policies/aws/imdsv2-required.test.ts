import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { instance, says, template } from "./aws.fixture";
import { imdsv2Required as rule } from "./imdsv2-required";

const options = (metadataOptions: object) => ({ metadataOptions: { ...metadataOptions } });

test("a token that is required passes, and so does a service that is off", () =>
  says(rule, [
    [instance, options({ httpTokens: "required" }), null],
    [template, options({ httpTokens: "required" }), null],
    [instance, options({ httpTokens: "optional", httpEndpoint: "disabled" }), null],
    [instance, options({ httpEndpoint: "disabled" }), null],
  ]));

test("tokens that are explicitly optional are refused, absent ones are a warning", () =>
  says(rule, [
    [instance, options({ httpTokens: "optional" }), { violates: /httpTokens is optional/ }],
    [template, options({ httpTokens: "optional" }), { violates: /httpTokens is optional/ }],
    [instance, options({ httpTokens: "optional", httpEndpoint: unknown }), { violates: /httpTokens is optional/ }],
    [instance, {}, { advises: /httpTokens is absent/ }],
    [template, options({ httpEndpoint: "enabled" }), { advises: /httpTokens is absent/ }],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", {}, { advises: /httpTokens is absent/ }],
  ]));

test("an instance of a launch template takes what the template says", () =>
  says(rule, [
    [instance, { launchTemplate: { id: "lt-1" } }, null],
    [instance, { launchTemplate: { id: "lt-1" }, ...options({ httpTokens: "optional" }) }, { violates: /optional/ }],
  ]));

test("what is not known yet is said, and other resources are left alone", () =>
  says(rule, [
    [instance, options({ httpTokens: unknown }), { unjudged: true }],
    [instance, { metadataOptions: unknown }, { unjudged: true }],
    [instance, options({ httpEndpoint: unknown }), { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
