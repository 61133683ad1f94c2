import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { networkJsonReadable as rule } from "./network-json-readable";
import { configMap, definition, network, types } from "./objects.fixture";

test("JSON, and nothing at all, pass", async () => {
  assert.deepEqual(await judge(rule, types.definition, definition({ type: "sriov" })), passes);
  assert.deepEqual(await judge(rule, types.definition, {}), passes);
  const full = { ipam: "{}", capabilities: '{"mac":true}', metaPlugins: '{"type":"sbr"},\n{"type":"vrf"}' };
  assert.deepEqual(await judge(rule, types.network, network(full)), passes);
  assert.deepEqual(await judge(rule, types.network, network({ ipam: " " })), passes);
  const { data } = configMap({ resourceName: "nic" });
  assert.deepEqual(
    await judge(rule, types.configMap, {
      metadata: { name: "sriovdp-config" },
      data: { ...(data as object), note: "{" },
    }),
    passes,
  );
});

test("a comma too many is refused, with its place", async () => {
  const nad = await judge(rule, types.definition, definition('{ "type": "sriov", }'));
  assert.match(nad.violations.join(), /spec.config is no JSON \(.*position/);
  for (const name of ["ipam", "capabilities", "metaPlugins"])
    assert.match(
      (await judge(rule, types.network, network({ [name]: '{"a":1,}' }))).violations.join(),
      new RegExp(name),
    );
  const text = '{ "resourceList": [ ], }';
  for (const name of ["sriovdp-config", "other"]) {
    const { violations } = await judge(rule, types.configMap, { metadata: { name }, data: { "config.json": text } });
    assert.match(violations.join(), /data\["config.json"\] is no JSON/, name);
  }
});

test("a text that is not known yet does not hide the one beside it", async () => {
  const { violations, unjudged } = await judge(rule, types.network, network({ ipam: unknown, metaPlugins: "{" }));
  assert.equal(violations.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.policy, {})).notApplicable, ["the resource holds no JSON of a network"]);
  const other = { metadata: { name: "web" }, data: { "config.json": "{" } };
  assert.deepEqual((await judge(rule, types.configMap, other)).notApplicable, [
    "the resource holds no JSON of a network",
  ]);
});
