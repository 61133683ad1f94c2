import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { rolloutWithoutSurge as rule } from "./rollout-without-surge";

const template = (device: string) => ({
  spec: { containers: [{ name: "node", image: "node", resources: { limits: { [device]: 1 } } }] },
});
const judged = (kind: string, more: object, device = "intel.com/sriov", settings?: object) =>
  judge(
    rule,
    `kubernetes:apps/v1:${kind}`,
    { spec: { template: template(device), ...more } },
    settings === undefined ? {} : { settings },
  );
const rolling = (maxSurge: number | string) => ({ type: "RollingUpdate", rollingUpdate: { maxSurge } });

test("a rollout that ends a pod before it starts the next one passes", async () => {
  for (const strategy of [{ type: "Recreate" }, rolling(0), rolling("0%"), rolling("0")])
    assert.deepEqual(await judged("Deployment", { strategy }), passes);
  for (const more of [{}, { updateStrategy: { type: "OnDelete" } }, { updateStrategy: rolling(0) }])
    assert.deepEqual(await judged("DaemonSet", more), passes);
});

test("a rollout that starts pods early is advised against, whether it says so or says nothing", async () => {
  const surging: [string, object, RegExp][] = [
    [
      "Deployment",
      {},
      /containers\[0\] \(node\) takes intel\.com\/sriov and .* \(maxSurge is 25% where nothing is said\)/,
    ],
    ["Deployment", { strategy: { type: "RollingUpdate" } }, /maxSurge is 25%/],
    ["Deployment", { strategy: { rollingUpdate: { maxUnavailable: 1 } } }, /maxSurge is 25%/],
    ["Deployment", { strategy: rolling(1) }, /maxSurge is 1\)/],
    ["Deployment", { strategy: rolling("10%") }, /maxSurge is 10%/],
    ["DaemonSet", { updateStrategy: rolling(1) }, /maxSurge is 1\)/],
  ];
  for (const [kind, more, says] of surging) {
    const { advice, violations } = await judged(kind, more);
    assert.match(advice.join(), says);
    assert.deepEqual(violations, []);
  }
});

test("devices that do not run out pass: shared ones, those of the settings, and no device", async () => {
  for (const device of ["rdma/hca_shared_devices_a", "bridge.network.kubevirt.io/br0", "nvidia.com/gpu", "memory"])
    assert.deepEqual(await judged("Deployment", {}, device), passes);
  assert.deepEqual(await judged("Deployment", {}, "intel.com/sriov", { ample: ["intel.com/*"] }), passes);
  assert.equal((await judged("Deployment", {}, "intel.com/sriov", { ample: ["other/*"] })).advice.length, 1);
});

test("a strategy that is not known yet leaves the workload unjudged", async () => {
  assert.match((await judged("Deployment", { strategy: unknown })).unjudged.join(), /strategy can't be known/);
  assert.match((await judged("DaemonSet", { updateStrategy: unknown })).unjudged.join(), /updateStrategy can't be/);
});

test("a container that is not known yet does not hide the one beside it", async () => {
  const containers = [unknown, template("intel.com/sriov").spec.containers[0] ?? {}];
  const { advice, unjudged } = await judged("Deployment", { template: { spec: { containers } } });
  assert.match(advice.join(), /containers\[1\] \(node\)/);
  assert.equal(unjudged.length, 1);
});

test("other kinds, patches, and what makes no pod, are left alone", async () => {
  assert.deepEqual((await judged("StatefulSet", {})).notApplicable, ["a rollout of this kind starts no pod early"]);
  assert.deepEqual((await judged("DeploymentPatch", {})).notApplicable, ["a patch says only a part of a workload"]);
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
});
