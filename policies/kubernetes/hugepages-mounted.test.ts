import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { hugepagesMounted as rule } from "./hugepages-mounted";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const judged = (container: Props, spec: Props = {}) => judge(rule, podType, dpdkPod(container, spec));
const volume = (medium: string, name = "hugepages") => ({ name, emptyDir: { medium } });
const twoSizes = limited({ "hugepages-2Mi": "512Mi" });
const twoMounts = { volumeMounts: [{ name: "hugepages" }, { name: "small" }] };

test("mounted hugepages pass, of the one size by either name, of several sizes by their own", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judged({}, { volumes: [volume("HugePages"), { name: "a", configMap: {} }] }), passes);
  const both = { volumes: [volume("HugePages-1Gi"), volume("HugePages-2Mi", "small")] };
  assert.deepEqual(await judged({ ...twoSizes, ...twoMounts }, both), passes);
});

test("a container that mounts no hugepages is refused, whatever its reason", async () => {
  const mistakes: [container: Props, spec: Props][] = [
    [{ volumeMounts: [] }, {}],
    [{ volumeMounts: [{ name: "other" }] }, {}],
    [{}, { volumes: [{ name: "hugepages", emptyDir: {} }] }],
    [{}, { volumes: [{ name: "hugepages", emptyDir: { medium: "Memory" } }] }],
    [{}, { volumes: [{ name: "hugepages", hostPath: { path: "/dev/hugepages" } }] }],
    [{}, { volumes: [] }],
  ];
  for (const [container, spec] of mistakes) {
    const { violations } = await judged(container, spec);
    assert.match(
      violations.join(),
      /containers\[0\] \(node\) has hugepages-1Gi and mounts no emptyDir of medium HugePages-1Gi/,
      JSON.stringify([container, spec]),
    );
  }
});

test("each container with hugepages mounts them, an init container too, and one without need not", async () => {
  const { resources } = limited({});
  const { violations } = await judged({}, { initContainers: [{ name: "i", resources: resources as Props }] });
  assert.match(violations.join(), /initContainers\[0\] \(i\) has hugepages-1Gi/);
  assert.equal(violations.length, 1);
  assert.deepEqual(await judged({}, { initContainers: [{ name: "i" }] }), passes);
});

test("each size of a pod has its own medium", async () => {
  const untyped = await judged(
    { ...twoSizes, ...twoMounts },
    { volumes: [volume("HugePages"), volume("HugePages-2Mi", "small")] },
  );
  assert.match(
    untyped.violations.join(),
    /volumes\[0\] \(hugepages\) is of medium HugePages and the pod has pages of 1Gi and 2Mi/,
  );
  assert.equal(untyped.violations.length, 1);
  const missing = await judged(twoSizes, {});
  assert.match(missing.violations.join(), /has hugepages-2Mi and mounts no emptyDir of medium HugePages-2Mi/);
  assert.equal(missing.violations.length, 1);
});

test("a medium that no container has pages of is refused", async () => {
  const other = await judged({}, { volumes: [volume("HugePages-1Gi"), volume("HugePages-2Mi", "small")] });
  assert.match(
    other.violations.join(),
    /volumes\[1\] \(small\) is of medium HugePages-2Mi and no container has hugepages-2Mi/,
  );
  for (const medium of ["HugePages", "HugePages-1Gi"]) {
    const none = await judged(limited({ "hugepages-1Gi": undefined }), { volumes: [volume(medium)] });
    assert.match(
      none.violations.join(),
      new RegExp(`is of medium ${medium} and no container has hugepages(-1Gi)?, so`),
    );
  }
});

test("a program that takes its pages without a file system need not mount them", async () => {
  const without = { volumeMounts: [] };
  for (const start of [
    { args: ["--in-memory"] },
    { command: ["sh -c 'testpmd --in-memory'"] },
    { command: ["sh", "-c", "testpmd -l 1-3 --in-memory -- -i"] },
  ])
    assert.deepEqual(await judged({ ...without, ...start }), passes);
  for (const start of [{ args: ["--in-memory-not"] }, { command: ["no--in-memory"] }])
    assert.equal((await judged({ ...without, ...start })).violations.length, 1);
});

test("what is not known yet is unjudged, unless what is known is enough", async () => {
  const unmounted = await judged({ volumeMounts: unknown }, {});
  assert.match(unmounted.unjudged.join(), /volumeMounts can't be known during preview/);
  assert.deepEqual(unmounted.violations, []);
  assert.deepEqual(await judged({ volumeMounts: [{ name: unknown }, { name: "hugepages" }] }), passes);
  const b = { name: "b", ...limited({}) };
  const { violations } = await judged({}, { containers: [{ name: "a", ...limited({}), volumeMounts: unknown }, b] });
  assert.match(violations.join(), /containers\[1\] \(b\) has hugepages-1Gi/);
});

test("pods of other roles, patches and what is no pod are left alone", async () => {
  const reasons: [type: string, props: Props, reason: string][] = [
    ["aws:s3/bucket:Bucket", {}, "the resource makes no pod"],
    [podType, webPod, "the pod's role is other"],
    [podType, pluginPod(limited({})), "the pod's role is infrastructure"],
    [`${podType}Patch`, dpdkPod({ volumeMounts: [] }), "a patch says only a part of a pod"],
  ];
  for (const [type, props, reason] of reasons)
    assert.deepEqual((await judge(rule, type, props)).notApplicable, [reason]);
});
