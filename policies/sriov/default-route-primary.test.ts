import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { defaultRoutePrimary as rule } from "./default-route-primary";
import { reasonKey } from "./objects";
import { definition, network, types } from "./objects.fixture";

const routed = (dst: string) => ({ type: "host-local", routes: [{ dst: "10.0.0.0/8" }, { dst }] });
const config = (dst: string) => ({ type: "sriov", ipam: routed(dst) });

test("routes to networks pass, and a default route in a table of its own or with a reason", async () => {
  assert.deepEqual(await judge(rule, types.definition, definition(config("192.0.2.0/24"))), passes);
  assert.deepEqual(await judge(rule, types.network, network({ ipam: "" })), passes);
  for (const type of ["sbr", "vrf"]) {
    const list = { plugins: [config("0.0.0.0/0"), { type }] };
    assert.deepEqual(await judge(rule, types.definition, definition(list)), passes);
    const ipam = JSON.stringify(routed("0.0.0.0/0"));
    assert.deepEqual(await judge(rule, types.network, network({ ipam, metaPlugins: `{"type":"${type}"}` })), passes);
  }
  const reason = definition(config("0.0.0.0/0"), { [reasonKey]: "the only network of the pod" });
  assert.deepEqual(await judge(rule, types.definition, reason), passes);
});

test("a default route is advised against, of either family, in networks and definitions", async () => {
  for (const dst of ["0.0.0.0/0", "::/0"]) {
    const { advice, violations } = await judge(rule, types.definition, definition(config(dst)));
    assert.deepEqual(violations, []);
    assert.match(advice.join(), new RegExp(`spec.config sets a default route \\(ipam.routes ${dst}\\)`));
    const net = await judge(rule, types.network, network({ ipam: JSON.stringify(routed(dst)) }));
    assert.match(net.advice.join(), /spec sets a default route/);
  }
  const bridge = await judge(rule, types.definition, definition({ type: "bridge", isDefaultGateway: true }));
  assert.match(bridge.advice.join(), /default route \(isDefaultGateway\)/);
  const tuned = { plugins: [config("0.0.0.0/0"), { type: "tuning" }] };
  assert.equal((await judge(rule, types.definition, definition(tuned))).advice.length, 1);
});

test("what is not known yet is left to the update", async () => {
  assert.match((await judge(rule, types.definition, definition(unknown))).unjudged.join(), /can't be known/);
  assert.match((await judge(rule, types.network, network({ ipam: unknown }))).unjudged.join(), /can't be known/);
});

test("other resources are left alone", async () => {
  assert.deepEqual((await judge(rule, types.policy, {})).notApplicable, ["the resource is no secondary network"]);
});
