import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { crioWithRuntimeClass as rule } from "./crio-with-runtime-class";

const pod = (spec: Record<string, string>, annotations: Record<string, string> | string) =>
  ({ metadata: { annotations }, spec: { containers: [], ...spec } }) as const;
const judged = (spec: Record<string, string>, annotations: Record<string, string> | string, settings?: object) =>
  judge(
    rule,
    "kubernetes:apps/v1:Deployment",
    { spec: { template: pod(spec, annotations) } },
    settings === undefined ? {} : { settings },
  );
const performance = { runtimeClassName: "performance-dpdk" };

test("both together pass, and neither", async () => {
  assert.deepEqual(await judged(performance, { "cpu-quota.crio.io": "disable" }), passes);
  assert.deepEqual(await judged({ runtimeClassName: "own" }, { "cpu-quota.crio.io": "disable" }), passes);
  assert.deepEqual(await judged({}, { "io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel": "true" }), passes);
  assert.deepEqual(await judged({ runtimeClassName: "kata" }, {}), passes);
});

test("each annotation without a runtime class is advised against", async () => {
  for (const name of ["cpu-load-balancing.crio.io", "irq-load-balancing.crio.io", "cpu-quota.crio.io"]) {
    const { advice, violations } = await judged({}, { [name]: "disable" });
    assert.match(advice.join(), new RegExp(`the pod has ${name} and no runtimeClassName`));
    assert.deepEqual(violations, []);
  }
});

test("a performance profile's runtime class without annotations is advised against, and so is one of the settings", async () => {
  assert.match(
    (await judged(performance, {})).advice.join(),
    /runtimeClassName is performance-dpdk and the pod has none/,
  );
  assert.deepEqual(await judged({}, {}, { runtimeClasses: ["*"] }), passes);
  const settings = { runtimeClasses: ["fast", "other"] };
  assert.match((await judged({ runtimeClassName: "fast" }, {}, settings)).advice.join(), /runtimeClassName is fast/);
  assert.deepEqual(await judged(performance, {}, settings), passes);
});

test("annotations or a class that are not known yet leave the pod unjudged", async () => {
  assert.match((await judged({}, unknown)).unjudged.join(), /can't be known during preview/);
  const { unjudged } = await judged({ runtimeClassName: unknown }, { "cpu-quota.crio.io": "disable" });
  assert.match(unjudged.join(), /runtimeClassName can't be known/);
});

test("patches, and what makes no pod, are left alone", async () => {
  const patch = await judge(rule, "kubernetes:core/v1:PodPatch", pod(performance, {}));
  assert.deepEqual(patch.notApplicable, ["a patch says only a part of a pod"]);
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
});
