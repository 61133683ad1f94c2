import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { reasonKey } from "./objects";
import { definition, network, types } from "./objects.fixture";
import { vfTrustJustified as rule } from "./vf-trust-justified";

test("what is strict, or left out, passes, and what has a reason", async () => {
  assert.deepEqual(await judge(rule, types.network, network({ trust: "off", spoofChk: "on" })), passes);
  assert.deepEqual(await judge(rule, types.network, network()), passes);
  const reason = { annotations: { [reasonKey]: "bonds two functions" } };
  assert.deepEqual(await judge(rule, types.network, network({ trust: "on" }, reason)), passes);
  assert.deepEqual(await judge(rule, types.definition, definition({ type: "macvlan", trust: "on" })), passes);
});

test("trust on and spoofChk off are advised against, each by itself, in networks and definitions", async () => {
  const both = await judge(rule, types.network, network({ trust: "on", spoofChk: "off" }));
  assert.deepEqual(both.violations, []);
  assert.match(both.advice.join("\n"), /trust is on in spec: .*\n.*spoofChk is off in spec: /);
  for (const config of [
    { type: "sriov", trust: "on" },
    { type: "sriov", spoofchk: "off" },
    { type: "sriov", trust: true },
    { type: "sriov", spoofchk: false },
    { plugins: [{ type: "tuning" }, { type: "sriov", trust: "on" }] },
  ])
    assert.equal((await judge(rule, types.definition, definition(config))).advice.length, 1, JSON.stringify(config));
  const empty = network({ trust: "on" }, { annotations: { [reasonKey]: " " } });
  assert.equal((await judge(rule, types.network, empty)).advice.length, 1);
});

test("JSON that is no configuration of a plugin is left alone", async () => {
  for (const text of ["null", "[]", "7", '"sriov"', '{"plugins":[null,[],7]}', '{"plugins":{}}'])
    assert.deepEqual(await judge(rule, types.definition, definition(text)), passes, text);
  assert.deepEqual(await judge(rule, types.network, network({ metaPlugins: "{" })), passes);
});

test("a value that is not known yet does not hide the one beside it", async () => {
  const { advice, unjudged } = await judge(rule, types.network, network({ trust: unknown, spoofChk: "off" }));
  assert.equal(advice.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.policy, {})).notApplicable, ["the resource is no network of SR-IOV"]);
});
