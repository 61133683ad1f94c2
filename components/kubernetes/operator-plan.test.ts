import assert from "node:assert/strict";
import { test } from "node:test";
import { operatorValues } from "./operator-plan";

const nodeSelector = { dpdk: "yes" };

test("webhooks are on, with certificates of cert-manager or of secrets that are there", () => {
  const managed = operatorValues("sriov", { certificates: "cert-manager", nodeSelector }).operator.admissionControllers;
  assert.deepEqual(managed, {
    enabled: true,
    certificates: { certManager: { enabled: true, generateSelfSigned: true } },
  });
  const given = operatorValues("sriov", { certificates: "secrets", nodeSelector }).operator.admissionControllers;
  assert.deepEqual(given.certificates.certManager, { enabled: false, generateSelfSigned: false });
  assert.equal(given.enabled, true);
});

test("nodes are drained but on a cluster of one", () => {
  const of = (singleNode?: boolean) =>
    operatorValues("sriov", {
      certificates: "secrets",
      nodeSelector,
      ...(singleNode === undefined ? {} : { singleNode }),
    });
  assert.equal(of().sriovOperatorConfig.disableDrain, false);
  assert.equal(of(true).sriovOperatorConfig.disableDrain, true);
});

test("an open selector and a NIC that is written in another way are refused", () => {
  assert.throws(
    () => operatorValues("sriov", { certificates: "secrets", nodeSelector: {} }),
    /nodeSelector is empty, which selects every node/,
  );
  const extraNics = ["8086 10c9 10ca"];
  assert.throws(
    () => operatorValues("sriov", { certificates: "secrets", nodeSelector, extraNics }),
    /extraNics has 8086 10c9 10ca; write NAME: "VENDOR PF VF"/,
  );
});
