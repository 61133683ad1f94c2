import assert from "node:assert/strict";
import { test } from "node:test";
import { instance, template } from "./aws.fixture";
import { inherits, machineOf } from "./machine";

test("instances, spot requests, launch configurations and templates start machines, others do not", () => {
  const launched = ["spotInstanceRequest:SpotInstanceRequest", "launchConfiguration:LaunchConfiguration"];
  for (const type of [instance, ...launched.map((name) => `aws:ec2/${name}`)])
    assert.equal(machineOf({ type, props: {} })?.isTemplate, false, type);
  assert.equal(machineOf({ type: template, props: {} })?.isTemplate, true);
  assert.equal(machineOf({ type: "aws:s3/bucket:Bucket", props: {} }), null);
});

test("an instance inherits from the template that it names, a template from none", () => {
  const launchTemplate = { id: "lt-1" };
  assert.equal(inherits({ isTemplate: false, props: { launchTemplate } }), true);
  assert.equal(inherits({ isTemplate: true, props: { launchTemplate } }), false);
  assert.equal(inherits({ isTemplate: false, props: { launchTemplate: null } }), false);
  assert.equal(inherits({ isTemplate: false, props: {} }), false);
});
