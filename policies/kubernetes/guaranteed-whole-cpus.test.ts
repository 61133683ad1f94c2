import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { guaranteedWholeCpus as rule } from "./guaranteed-whole-cpus";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const judged = (container: Props, spec: Props = {}) => judge(rule, podType, dpdkPod(container, spec));
const amounts = { cpu: "4", memory: "2Gi", "hugepages-1Gi": "4Gi" };
const asks = (requests: Props, limits: Props) => ({ resources: { requests, limits } });
const helper = (limits: Props) => ({ name: "helper", resources: { limits } });

test("equal amounts with whole CPUs pass, in any unit, and limits alone are their own requests", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judged(asks({ ...amounts, cpu: 4, memory: "2048Mi" }, { ...amounts, cpu: "4000m" })), passes);
});

test("another request than limit, no limit and a limit of nothing are refused, of CPU and of memory", async () => {
  const mistakes: [container: Props, says: RegExp][] = [
    [asks({ ...amounts, cpu: "2" }, amounts), /requests 2 of cpu and its limit is 4, so the pod is not Guaranteed/],
    [asks({ ...amounts, memory: "1Gi" }, amounts), /requests 1Gi of memory and its limit is 2Gi/],
    [asks(amounts, { memory: "2Gi" }), /has no limit of cpu, so the pod is not Guaranteed/],
    [asks(amounts, { cpu: "4" }), /has no limit of memory/],
    [limited({ cpu: "0" }), /has no limit of cpu/],
    [limited({ memory: undefined }), /has no limit of memory/],
  ];
  for (const [container, says] of mistakes) {
    const { violations } = await judged(container);
    assert.match(violations.join(), says);
    assert.equal(violations.length, 1, violations.join());
  }
});

test("half a CPU is refused where hugepages or devices are, and nowhere else", async () => {
  const half = await judged(limited({ cpu: "1500m" }));
  assert.match(half.violations.join(), /containers\[0\] \(node\) has 1500m of cpu, which is no whole number.*write 2$/);
  const onlyDevice = await judged(limited({ cpu: "1500m", "hugepages-1Gi": undefined }), { volumes: [] });
  assert.equal(onlyDevice.violations.length, 1);
  const onlyPages = await judged(limited({ cpu: "1500m", "intel.com/e810_vfio": undefined }));
  assert.equal(onlyPages.violations.length, 1);
  assert.deepEqual(await judged(limited({ memory: "1500m" })), passes);
  assert.deepEqual(await judged({}, { initContainers: [helper({ cpu: "100m", memory: "64Mi" })] }), passes);
});

test("one container makes a whole pod Burstable, an init container too", async () => {
  const { violations } = await judged({}, { initContainers: [{ name: "init" }] });
  assert.match(violations.join(), /initContainers\[0\] \(init\) has no limit of cpu/);
  assert.match(violations.join(), /initContainers\[0\] \(init\) has no limit of memory/);
  assert.equal(violations.length, 2);
});

test("amounts for the pod as a whole stand for those of containers without a device, where they are Guaranteed", async () => {
  const initContainers = [{ name: "init" }];
  const whole = { limits: { cpu: "6", memory: "8Gi" } };
  assert.deepEqual(await judged({}, { initContainers, resources: whole }), passes);
  const burstable = { ...whole, requests: { cpu: "1" } };
  assert.equal((await judged({}, { initContainers, resources: burstable })).violations.length, 2);
  assert.equal((await judged(limited({ cpu: undefined }), { resources: whole })).violations.length, 1);
});

test("an amount that is not known yet does not hide the wrong one beside it", async () => {
  const { violations, unjudged } = await judged(limited({ cpu: unknown, memory: undefined }));
  assert.match(violations.join(), /has no limit of memory/);
  assert.match(unjudged.join(), /cpu can't be known during preview/);
});

test("pods of other roles, patches and what is no pod are left alone", async () => {
  const wrong = limited({ cpu: undefined });
  const reasons: [type: string, props: Props, reason: string][] = [
    ["aws:s3/bucket:Bucket", {}, "the resource makes no pod"],
    [podType, webPod, "the pod's role is other"],
    [podType, pluginPod(wrong), "the pod's role is infrastructure"],
    [`${podType}Patch`, dpdkPod(wrong), "a patch says only a part of a pod"],
  ];
  for (const [type, props, reason] of reasons)
    assert.deepEqual((await judge(rule, type, props)).notApplicable, [reason]);
});
