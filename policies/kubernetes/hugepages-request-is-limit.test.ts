import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, remedied, unknown } from "../resource.fixture";
import { hugepagesRequestIsLimit as rule } from "./hugepages-request-is-limit";

const pod = (...resources: object[]) => ({
  spec: { containers: resources.map((each) => ({ name: "c", resources: each })) },
});
const judged = (...resources: object[]) => judge(rule, "kubernetes:core/v1:Pod", pod(...resources));

test("equal amounts pass, in any unit, and a limit alone is its own request", async () => {
  assert.deepEqual(
    await judged({ requests: { "hugepages-2Mi": "1Gi" }, limits: { "hugepages-2Mi": "1024Mi" } }),
    passes,
  );
  assert.deepEqual(await judged({ limits: { "hugepages-1Gi": "2Gi" } }), passes);
  assert.deepEqual(await judged({ limits: { memory: "1Gi" } }), passes);
});

test("another amount, no limit and half a page are refused with both values", async () => {
  const other = await judged({ requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } });
  assert.match(other.violations.join(), /containers\[0\] \(c\) requests 1Gi of hugepages-1Gi and its limit is 2Gi/);
  const none = await judged({ requests: { "hugepages-1Gi": "1Gi" } });
  assert.match(none.violations.join(), /requests 1Gi of hugepages-1Gi and has no limit/);
  const half = await judged({ limits: { "hugepages-2Mi": "3Mi" } });
  assert.match(half.violations.join(), /has 3Mi of hugepages-2Mi, which is no whole number of pages/);
});

test("an amount that is not known yet does not hide the wrong one beside it", async () => {
  const { violations, unjudged } = await judged(
    { limits: { "hugepages-1Gi": unknown } },
    { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } },
  );
  assert.match(violations.join(), /containers\[1\]/);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("an exception lets it pass until its day and is listed, and is no use after it", async () => {
  const wrong = pod({ requests: { "hugepages-1Gi": "1Gi" } });
  const excepted = (until: string) =>
    judge(rule, "kubernetes:core/v1:Pod", wrong, {
      settings: { exceptions: [{ resource: "no*", reason: "being moved", until }] },
    });
  const valid = await excepted("2999-01-01");
  assert.deepEqual(valid.violations, []);
  assert.match(valid.advice.join(), /excepted until 2999-01-01 \(being moved\): containers\[0\]/);
  assert.match((await excepted("2020-01-01")).violations.join(), /its exception, being moved, ended on 2020-01-01/);
});

test("a resource that makes no pod is left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
});

test("an amount that is not known yet does not hide another size of the same container", async () => {
  const resources = { requests: { "hugepages-2Mi": "2Mi" }, limits: { "hugepages-1Gi": unknown } };
  const { violations, unjudged } = await judged(resources);
  assert.match(violations.join(), /requests 2Mi of hugepages-2Mi and has no limit/);
  assert.match(unjudged.join(), /can't be known during preview/);
});

test("a missing limit is remedied by the request, and nothing else is", async () => {
  const mended = await remedied(rule, "kubernetes:core/v1:Pod", {
    spec: {
      containers: [
        { name: "a", resources: { requests: { "hugepages-1Gi": "4Gi" } } },
        { name: "b", resources: { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } } },
      ],
      serviceAccountName: unknown,
    },
  });
  assert.deepEqual(mended, {
    spec: {
      containers: [
        { name: "a", resources: { requests: { "hugepages-1Gi": "4Gi" }, limits: { "hugepages-1Gi": "4Gi" } } },
        { name: "b", resources: { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } } },
      ],
      serviceAccountName: unknown,
    },
  });
  const right = pod({ limits: { "hugepages-1Gi": "2Gi" } });
  assert.equal(await remedied(rule, "kubernetes:core/v1:Pod", right), null);
  assert.equal(await remedied(rule, "aws:s3/bucket:Bucket", {}), null);
});
