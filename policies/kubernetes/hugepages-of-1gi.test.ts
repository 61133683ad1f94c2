import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { hugepagesOf1gi as rule } from "./hugepages-of-1gi";

const judged = (limits: Parameters<typeof limited>[0]) => judge(rule, podType, dpdkPod(limited(limits)));

test("pages of 1 GiB pass, and the large ones of ARM", async () => {
  for (const name of ["hugepages-1Gi", "hugepages-512Mi", "hugepages-16Gi"])
    assert.deepEqual(await judged({ "hugepages-1Gi": undefined, [name]: "16Gi" }), passes, name);
});

test("smaller pages are advised against, beside large ones too, and stop nothing", async () => {
  for (const name of ["hugepages-2Mi", "hugepages-32Mi", "hugepages-64Ki"]) {
    const { advice, violations } = await judged({ [name]: "1Gi" });
    assert.deepEqual(violations, []);
    assert.match(
      advice.join(),
      new RegExp(`containers\\[0\\] \\(node\\) has ${name}, and pages of 1 GiB need far fewer`),
    );
  }
});

test("an amount need not be known, and resources that are not do not hide those beside them", async () => {
  assert.equal((await judged({ "hugepages-2Mi": unknown })).advice.length, 1);
  const containers = [
    { name: "a", resources: unknown },
    { name: "b", ...limited({ "hugepages-2Mi": "1Gi" }) },
  ];
  const { advice, unjudged } = await judge(rule, podType, dpdkPod({}, { containers }));
  assert.match(advice.join(), /containers\[1\] \(b\)/);
  assert.match(unjudged.join(), /resources can't be known during preview/);
});

test("pods of other roles and what is no pod are left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  assert.deepEqual((await judge(rule, podType, webPod)).notApplicable, ["the pod's role is other"]);
  const storage = await judge(rule, podType, pluginPod(limited({ "hugepages-2Mi": "1Gi" })));
  assert.deepEqual(storage.notApplicable, ["the pod's role is infrastructure"]);
});
