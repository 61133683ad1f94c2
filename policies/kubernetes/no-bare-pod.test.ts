import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { noBarePod as rule } from "./no-bare-pod";

const hugepages = { limits: { "hugepages-1Gi": "1Gi" } };
const spec = (container: object = {}) => ({
  containers: [{ name: "node", image: "node", resources: hugepages, ...container }],
});
const judged = (kind: string, props: object) => judge(rule, `kubernetes:${kind}`, props as Parameters<typeof judge>[2]);

test("a pod that a controller owns passes", async () => {
  const metadata = { ownerReferences: [{ kind: "Node", name: "alpha" }] };
  assert.deepEqual(await judged("core/v1:Pod", { metadata, spec: spec() }), passes);
});

test("a bare pod with hugepages or with a device is refused", async () => {
  for (const limits of [hugepages.limits, { "intel.com/sriov": 1 }]) {
    const { violations } = await judged("core/v1:Pod", { spec: spec({ resources: { limits } }) });
    assert.match(violations.join(), /kind is Pod: when the node reboots/);
  }
});

test("an image or a limit that is not known yet does not hide that the pod is bare", async () => {
  const resources = { limits: { "hugepages-1Gi": unknown, memory: unknown } };
  const { violations } = await judged("core/v1:Pod", { spec: spec({ image: unknown, resources }) });
  assert.match(violations.join(), /kind is Pod/);
});

test("whether a pod is a DPDK pod may be unknown", async () => {
  const { unjudged } = await judged("core/v1:Pod", { spec: spec({ resources: unknown }) });
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("workloads, patches, other pods, and what makes no pod, are left alone", async () => {
  const others: [string, object, string][] = [
    ["apps/v1:Deployment", { spec: { template: { spec: spec() } } }, "a controller makes the pod"],
    ["core/v1:PodPatch", { spec: spec() }, "a patch makes no pod"],
    ["core/v1:Pod", { spec: spec({ resources: {} }) }, "the pod's role is other"],
    [
      "core/v1:Pod",
      { spec: spec({ image: "ghcr.io/k8snetworkplumbingwg/sriov-network-device-plugin:v3" }) },
      "the pod's role is infrastructure",
    ],
    ["core/v1:Service", {}, "the resource makes no pod"],
  ];
  for (const [kind, props, reason] of others) assert.deepEqual((await judged(kind, props)).notApplicable, [reason]);
});
