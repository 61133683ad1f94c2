import assert from "node:assert/strict";
import { test } from "node:test";
import { imageByDigest } from "../kubernetes/image-by-digest";
import { type Checked, reportData, reportText } from "./report";
import type { CheckedResource } from "./resource";
import type { Verdict } from "./run";

const resource = (name: string, document: number | null): CheckedResource => ({
  type: "kubernetes:core/v1:Pod",
  name,
  urn: `urn:${name}`,
  inputs: {},
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  place: { file: "a.yaml", document },
  secrets: [],
});
const pod = resource("n/a", 2);
const verdict = (of: CheckedResource | null, level: Verdict["level"], message: string): Verdict => ({
  resource: of,
  rule: imageByDigest,
  level,
  message,
});
const checked: Checked = {
  profile: "staging",
  rules: 1,
  resources: 3,
  skipped: ["values.yaml, document 1"],
  verdicts: [
    verdict(null, "advisory", "of all"),
    verdict(pod, "mandatory", "no digest"),
    verdict(pod, "unjudged", "not known"),
    verdict(resource("b", null), "mandatory", "no digest"),
  ],
};

test("the text has a block a resource with its place, a line a finding, what was left out, and the counts", () => {
  assert.equal(
    reportText(checked),
    [
      "all of them together",
      "  [advisory] dpdk-image-by-digest: of all",
      "",
      "a.yaml, document 2: kubernetes:core/v1:Pod n/a",
      "  [mandatory] dpdk-image-by-digest: no digest",
      "  [not judged] dpdk-image-by-digest: not known",
      "",
      "a.yaml: kubernetes:core/v1:Pod b",
      "  [mandatory] dpdk-image-by-digest: no digest",
      "",
      "left out, no object of a cluster: values.yaml, document 1",
      "",
      "3 resources, 1 rule, profile staging: 2 mandatory, 1 advisory, 1 not judged",
    ].join("\n"),
  );
});

test("nothing wrong is one line", () => {
  assert.equal(
    reportText({ ...checked, resources: 1, skipped: [], verdicts: [] }),
    "1 resource, 1 rule, profile staging: 0 mandatory, 0 advisory, 0 not judged",
  );
});

test("a name that a terminal would obey is printed without that", () => {
  const odd = verdict(resource("a\u001b[2J", 1), "mandatory", "x");
  assert.match(reportText({ ...checked, verdicts: [odd] }), /^a\.yaml, document 1: kubernetes:core\/v1:Pod a \[2J\n/);
});

test("the data has the same, flat", () => {
  const data = reportData(checked) as { counts: object; findings: object[]; verdicts?: unknown };
  assert.deepEqual(data.counts, { mandatory: 2, advisory: 1, unjudged: 1 });
  assert.equal(data.verdicts, undefined);
  assert.deepEqual(data.findings.slice(0, 2), [
    { rule: "dpdk-image-by-digest", level: "advisory", severity: "high", message: "of all" },
    {
      file: "a.yaml",
      document: 2,
      type: "kubernetes:core/v1:Pod",
      name: "n/a",
      urn: "urn:n/a",
      rule: "dpdk-image-by-digest",
      level: "mandatory",
      severity: "high",
      message: "no digest",
    },
  ]);
});
