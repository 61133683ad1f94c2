import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { ipcLockWithDevice as rule } from "./ipc-lock-with-device";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const adds = (...add: string[]): Props => ({ securityContext: { capabilities: { add } } });
const judged = (container: Props, spec: Props = {}) => judge(rule, podType, dpdkPod(container, spec));

test("a container with a NIC and IPC_LOCK passes, by whatever it has it", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judged(adds("NET_RAW", "CAP_IPC_LOCK")), passes);
  assert.deepEqual(await judged(adds("ALL")), passes);
  assert.deepEqual(await judged({ securityContext: { privileged: true } }), passes);
});

test("a container with a NIC and without it is refused, for vfio and mlx, an init container and a storage pod too", async () => {
  for (const context of [
    adds("NET_RAW"),
    { securityContext: {} },
    { securityContext: { capabilities: { drop: ["IPC_LOCK"] } } },
  ]) {
    const { violations } = await judged(context);
    assert.match(
      violations.join(),
      /containers\[0\] \(node\) has intel\.com\/e810_vfio and not the capability IPC_LOCK/,
    );
  }
  const only = (name: string): Props => ({ name: "i", resources: { limits: { [name]: "1" } } });
  for (const name of ["nvidia.com/mlnxnics", "intel.com/x710_vfio"]) {
    const { violations } = await judged({}, { initContainers: [only(name)] });
    assert.match(violations.join(), new RegExp(`initContainers\\[0\\] \\(i\\) has ${name} and not`));
    assert.equal((await judge(rule, podType, pluginPod(only(name)))).violations.length, 1);
  }
});

test("a container without a NIC, and one whose NIC the kernel drives, need none", async () => {
  assert.deepEqual(await judged({ ...limited({ "intel.com/e810_vfio": undefined }), ...adds() }), passes);
  const kernel = { name: "i", resources: { limits: { "intel.com/intel_sriov_netdevice": "1" } } };
  assert.deepEqual(await judged({}, { initContainers: [kernel] }), passes);
});

test("a capability that is not known yet is unjudged, unless the one beside it is enough", async () => {
  const { unjudged, violations } = await judged(adds("NET_RAW", unknown), { initContainers: [] });
  assert.match(unjudged.join(), /capabilities\.add\.1 can't be known during preview/);
  assert.deepEqual(violations, []);
  assert.deepEqual(await judged(adds(unknown, "IPC_LOCK")), passes);
});

test("pods of other roles, patches and what is no pod are left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  assert.deepEqual((await judge(rule, podType, webPod)).notApplicable, ["the pod's role is other"]);
  const patch = await judge(rule, `${podType}Patch`, dpdkPod(adds()));
  assert.deepEqual(patch.notApplicable, ["a patch says only a part of a pod"]);
});
