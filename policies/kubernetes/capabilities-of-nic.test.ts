import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { capabilitiesOfNic as rule } from "./capabilities-of-nic";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { noIommuKey, roleKey } from "./role";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const of = (add: string[], drop = ["ALL"]): Props => ({ securityContext: { capabilities: { add, drop } } });
const judged = (container: Props, metadata: Props = {}) => judge(rule, podType, dpdkPod(container, {}, metadata));
const withNic = (name: string): Props => limited({ "intel.com/e810_vfio": undefined, [name]: "1" });
const mlx = withNic("nvidia.com/mlnxnics");
const untold = withNic("openshift.io/dpdk1");

test("what the NIC needs passes", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judged(of(["IPC_LOCK", "SYS_NICE", "SYS_RESOURCE", "NET_BIND_SERVICE"])), passes);
  for (const nic of [mlx, untold])
    assert.deepEqual(await judged({ ...nic, ...of(["IPC_LOCK", "NET_RAW", "NET_ADMIN"]) }), passes);
  assert.deepEqual(await judged({ ...untold, ...of(["IPC_LOCK", "NET_RAW", "NET_ADMIN", "BPF"]) }), passes);
  assert.deepEqual(await judged(of(["CAP_IPC_LOCK"], ["all"])), passes);
  assert.deepEqual(await judge(rule, podType, webPod), passes);
});

test("what makes a container root of the node is refused, in any pod", async () => {
  for (const name of ["ALL", "SYS_ADMIN", "SYS_MODULE", "CAP_SYS_ADMIN", "all"]) {
    const { violations, advice } = await judged(of(["IPC_LOCK", name]));
    assert.match(
      violations.join(),
      /containers\[0\] \(node\) adds (ALL|SYS_\w+), which makes it root of the node/,
      name,
    );
    assert.deepEqual([violations.length, advice], [1, []], name);
    const web = await judge(rule, podType, { spec: { containers: [{ name: "web", ...of([name]) }] } });
    assert.equal(web.violations.length, 1, name);
  }
  const privileged = await judged({ securityContext: { privileged: true } });
  assert.match(privileged.violations.join(), /is privileged, which is every capability/);
  assert.deepEqual([privileged.violations.length, privileged.advice], [1, []]);
});

test("what the NIC does not need is a warning, and depends on the NIC", async () => {
  const cases: [container: Props, says: RegExp][] = [
    [of(["NET_RAW"]), /adds NET_RAW, which a NIC of vfio-pci does not need/],
    [of(["NET_ADMIN"]), /adds NET_ADMIN, which a NIC of vfio-pci/],
    [of(["SYS_RAWIO"]), /adds SYS_RAWIO/],
    [{ ...mlx, ...of(["NET_RAW", "SYS_PTRACE"]) }, /adds SYS_PTRACE, which mlx5 does not need/],
    [{ ...mlx, ...of(["NET_RAW", "BPF"]) }, /adds BPF, which mlx5 does not need/],
    [{ ...untold, ...of(["DAC_OVERRIDE"]) }, /adds DAC_OVERRIDE, which DPDK does not need/],
  ];
  for (const [container, says] of cases) {
    const { violations, advice } = await judged(container);
    assert.match(advice.join(), says);
    assert.deepEqual([violations, advice.length], [[], 1]);
  }
  const web = { spec: { containers: [{ name: "web", ...of(["SYS_PTRACE"]) }] } };
  assert.deepEqual(await judge(rule, podType, web), passes);
});

test("the settings allow more, and never what makes a container root", async () => {
  const settings = { allowed: ["NET_ADMIN", "SYS_ADMIN"] };
  const allowed = (name: string) => judge(rule, podType, dpdkPod(of([name])), { settings });
  assert.deepEqual(await allowed("NET_ADMIN"), passes);
  assert.equal((await allowed("SYS_ADMIN")).violations.length, 1);
});

test("a DPDK container that keeps the runtime's capabilities is warned", async () => {
  for (const context of [{}, { capabilities: { drop: ["NET_RAW"] } }, { capabilities: {} }]) {
    const { violations, advice } = await judged({ securityContext: context });
    assert.deepEqual(violations, []);
    assert.match(advice.join(), /containers\[0\] \(node\) keeps the runtime's default capabilities; add ALL/);
  }
});

test("mlx5 that drops NET_RAW and does not add it is warned", async () => {
  for (const drop of [["ALL"], ["NET_RAW", "ALL"]]) {
    const { advice } = await judged({ ...mlx, ...of(["IPC_LOCK"], drop) });
    assert.match(advice.join(), /drops NET_RAW, without which mlx5 makes no queue/);
    assert.equal(advice.length, 1);
  }
  assert.equal((await judged({ ...mlx, ...of([], ["NET_RAW"]) })).advice.length, 2);
  assert.equal((await judged({ ...mlx, ...of([], ["CHOWN"]) })).advice.length, 1);
  assert.deepEqual(await judged({ ...untold, ...of(["IPC_LOCK"]) }), passes);
  assert.deepEqual(await judged({ ...mlx, ...of(["IPC_LOCK"]) }, { labels: { [roleKey]: "other" } }), passes);
  const every = await judged({ ...mlx, ...of(["ALL"]) });
  assert.deepEqual(every.advice, []);
  assert.deepEqual(
    (await judged({ ...mlx, securityContext: { privileged: true, capabilities: { drop: ["ALL"] } } })).advice,
    [],
  );
});

test("a pod that accepts to run without an IOMMU may have what that needs", async () => {
  const accepted = { labels: { [noIommuKey]: "accepted" } };
  for (const name of ["SYS_RAWIO", "SYS_ADMIN", "DAC_READ_SEARCH"])
    assert.deepEqual(await judged(of([name]), accepted), passes, name);
  assert.deepEqual(await judged({ securityContext: { privileged: true } }, accepted), passes);
  for (const name of ["ALL", "SYS_MODULE"])
    assert.equal((await judged(of([name]), accepted)).violations.length, 1, name);
});

test("a capability that is not known yet does not hide the one beside it", async () => {
  const { violations, unjudged } = await judged(of([unknown, "SYS_ADMIN"]));
  assert.match(violations.join(), /adds SYS_ADMIN/);
  assert.match(unjudged.join(), /capabilities\.add\.0 can't be known during preview/);
});

test("resources that are not known yet hide what the NIC needs, and not what no pod may", async () => {
  const spec = { volumes: [] };
  const both = dpdkPod({ ...of(["SYS_ADMIN"], []), resources: unknown }, spec);
  const { violations, advice, unjudged } = await judge(rule, podType, both);
  assert.match(violations.join(), /adds SYS_ADMIN/);
  assert.deepEqual(advice, []);
  assert.match(unjudged.join(), /resources can't be known during preview/);
});

test("infrastructure and what is no pod are left alone, and a patch is judged by what it says", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  const plugin = await judge(rule, podType, pluginPod(of(["SYS_ADMIN"])));
  assert.deepEqual(plugin.notApplicable, ["the pod's role is infrastructure"]);
  const patch = await judge(rule, `${podType}Patch`, dpdkPod(of(["SYS_ADMIN"], [])));
  assert.deepEqual([patch.violations.length, patch.advice], [1, []]);
});
