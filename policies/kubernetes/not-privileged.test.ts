import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { notPrivileged as rule } from "./not-privileged";
import { noIommuKey } from "./role";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const judged = (container: Props, spec: Props = {}, metadata: Props = {}) =>
  judge(rule, podType, dpdkPod(container, spec, metadata));
const privileged: Props = { securityContext: { privileged: true } };

test("a pod that keeps out of the host passes, one that says so too", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judge(rule, podType, webPod), passes);
  const said = { hostNetwork: false, hostPID: false, hostIPC: "false" };
  assert.deepEqual(await judged({ securityContext: { privileged: false } }, said), passes);
});

test("a privileged container is refused, an init container too, in pods that are not of DPDK too", async () => {
  assert.match(
    (await judged(privileged)).violations.join(),
    /containers\[0\] \(node\) is privileged: it reaches every device/,
  );
  const init = await judged({}, { initContainers: [{ name: "i", ...privileged }] });
  assert.match(init.violations.join(), /initContainers\[0\] \(i\) is privileged/);
  const web = await judge(rule, podType, { spec: { containers: [{ name: "web", ...privileged }] } });
  assert.match(web.violations.join(), /containers\[0\] \(web\) is privileged/);
});

test("each of the host's namespaces is refused, as a flag or as text", async () => {
  const flags = { hostNetwork: "network", hostPID: "processes", hostIPC: "shared memory" };
  for (const [flag, what] of Object.entries(flags)) {
    for (const value of [true, "true"]) {
      const { violations } = await judged({}, { [flag]: value });
      assert.match(violations.join(), new RegExp(`spec\\.${flag} is true: the pod has the node's ${what}`));
      assert.equal(violations.length, 1);
    }
  }
});

test("a pod that accepts to run without an IOMMU may be privileged; the host's network is a warning", async () => {
  const accepted = { annotations: { [noIommuKey]: "accepted" } };
  assert.deepEqual(await judged(privileged, {}, accepted), passes);
  assert.equal((await judged(privileged, {}, { annotations: { [noIommuKey]: "true" } })).violations.length, 1);
  const { violations, advice } = await judged({}, { hostNetwork: true }, accepted);
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /spec\.hostNetwork is true.*which no NIC without IOMMU needs/);
});

test("a flag that is not known yet does not hide what is known beside it", async () => {
  const { violations, unjudged } = await judged(privileged, { hostNetwork: unknown, hostPID: true });
  assert.match(violations.join(), /is privileged/);
  assert.match(violations.join(), /hostPID is true/);
  assert.match(unjudged.join(), /hostNetwork can't be known during preview/);
});

test("resources that are not known yet, and so whether it is a DPDK pod, do not hide it", async () => {
  const { violations, unjudged } = await judged({ ...privileged, resources: unknown }, { volumes: [] });
  assert.match(violations.join(), /is privileged/);
  assert.deepEqual(unjudged, []);
});

test("infrastructure and what is no pod are left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  const plugin = await judge(rule, podType, pluginPod(privileged, { hostNetwork: true }));
  assert.deepEqual(plugin.notApplicable, ["the pod's role is infrastructure"]);
});
