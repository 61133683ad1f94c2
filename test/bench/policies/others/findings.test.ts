import assert from "node:assert/strict";
import { test } from "node:test";
import { ruleNumbers } from "../../../policies/rule-numbers";
import { checkov, findings as ofCheckov } from "./checkov";
import { kubeScore, findings as ofKubeScore } from "./kube-score";

// Both recorded from the corpus (Checkov 3.3.30, kube-score v1.20.0), and shortened; the grade of 7 is added.
const checkovSays = {
  check_type: "kubernetes",
  results: {
    failed_checks: [
      {
        check_id: "CKV_K8S_43",
        check_name: "Image should use digest",
        check_result: { result: "FAILED", evaluated_keys: ["spec/template/spec/containers/[0]/image"] },
        file_path: "/bad/latest.yaml",
        resource: "Deployment.validators.validator",
      },
      {
        check_id: "CKV_K8S_16",
        check_name: "Container should not be privileged",
        file_path: "/good/device-plugin.yaml",
        resource: "DaemonSet.kube-system.kube-sriov-device-plugin",
      },
    ],
  },
  summary: { passed: 5457, failed: 588, skipped: 0, parsing_errors: 0, resource_count: 345, checkov_version: "3.3.30" },
};
const kubeScoreSays = [
  {
    object_name: "Deployment/apps/v1/validators/validator",
    type_meta: { kind: "Deployment", apiVersion: "apps/v1" },
    checks: [
      { check: { id: "stable-version", optional: false }, grade: 10, skipped: false, comments: null },
      { check: { id: "pod-networkpolicy", optional: false }, grade: 1, skipped: false, comments: null },
      {
        check: { id: "deployment-has-host-podantiaffinity", optional: false },
        grade: 5,
        skipped: false,
        comments: null,
      },
      { check: { id: "pod-probes", optional: false }, grade: 7, skipped: false, comments: null },
      { check: { id: "deployment-strategy", optional: false }, grade: 0, skipped: true, comments: null },
    ],
  },
];

test("each failed check of Checkov is a finding of the manifest that it names", () => {
  assert.deepEqual(ofCheckov(JSON.stringify(checkovSays)), [
    { manifest: "bad/latest.yaml", check: "CKV_K8S_43" },
    { manifest: "good/device-plugin.yaml", check: "CKV_K8S_16" },
  ]);
});

test("each warning and critical result of kube-score is a finding, and what it has skipped or found almost right is none", () => {
  assert.deepEqual(ofKubeScore("bad/seccomp-off.yaml", JSON.stringify(kubeScoreSays)), [
    { manifest: "bad/seccomp-off.yaml", check: "pod-networkpolicy" },
    { manifest: "bad/seccomp-off.yaml", check: "deployment-has-host-podantiaffinity" },
  ]);
});

test("of a manifest without any kind that it knows kube-score says null, which is no finding", () => {
  assert.deepEqual(ofKubeScore("bad/one-name-twice.yaml", "null"), []);
});

test("every tool has a version, and checks only for numbers of the corpus", () => {
  for (const { name, checks } of [checkov, ...kubeScore]) {
    assert.match(name, /^(Checkov|kube-score) v?\d+\.\d+\.\d+/);
    for (const number of Object.keys(checks)) assert.ok(number in ruleNumbers, `${name}: ${number}`);
  }
});
