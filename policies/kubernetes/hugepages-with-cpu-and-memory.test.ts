import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, podType, webPod } from "./dpdk-pod.fixture";
import { hugepagesWithCpuAndMemory as rule } from "./hugepages-with-cpu-and-memory";

const judged = (container: Parameters<typeof dpdkPod>[0], spec = {}) => judge(rule, podType, dpdkPod(container, spec));

test("hugepages with CPU and memory pass, as requests or limits, and so does what has none", async () => {
  assert.deepEqual(await judged({}), passes);
  const requests = { cpu: "1", memory: "1Gi" };
  assert.deepEqual(await judged({ resources: { requests, limits: { "hugepages-1Gi": "1Gi" } } }), passes);
  assert.deepEqual(await judge(rule, podType, webPod), passes);
});

test("hugepages alone are refused, in an init container too", async () => {
  const alone = { name: "a", resources: { limits: { "hugepages-1Gi": "1Gi", "hugepages-2Mi": "2Mi" } } };
  const { violations, advice } = await judged({}, { initContainers: [alone] });
  assert.match(
    violations.join(),
    /initContainers\[0\] \(a\) has hugepages-1Gi and hugepages-2Mi and neither cpu nor memory, which the API server refuses/,
  );
  assert.deepEqual(advice, []);
});

test("one of the two missing is a warning", async () => {
  for (const name of ["cpu", "memory"]) {
    const { violations, advice } = await judged(limited({ [name]: undefined }));
    assert.deepEqual(violations, []);
    assert.match(advice.join(), new RegExp(`has hugepages-1Gi and no ${name}, so the pod is not Guaranteed`));
  }
});

test("resources that are not known yet do not hide the container beside them", async () => {
  const alone = { name: "b", resources: { limits: { "hugepages-1Gi": "1Gi" } } };
  const containers = [{ name: "a", resources: unknown }, alone];
  const { violations, unjudged } = await judged({}, { containers });
  assert.match(violations.join(), /containers\[1\] \(b\)/);
  assert.match(unjudged.join(), /resources can't be known during preview/);
  assert.deepEqual(await judged(limited({ cpu: unknown })), passes);
});

test("what makes no pod, and a patch of one, are left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  const patch = await judge(rule, `${podType}Patch`, dpdkPod(limited({ cpu: undefined })));
  assert.deepEqual(patch.notApplicable, ["a patch says only a part of a pod"]);
});
