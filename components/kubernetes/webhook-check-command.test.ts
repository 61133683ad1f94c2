import assert from "node:assert/strict";
import { test } from "node:test";
import { saidOf } from "./check.fixture";
import type { WebhookCheckSpec } from "./webhook-check-command";

const spec: WebhookCheckSpec = { operator: "sriov", namespace: "sriov", context: null, seconds: 0, revision: 1 };
const said = (answer: Parameters<typeof saidOf>[2]) => saidOf("webhook-check-command", spec, answer);

test("a cluster that does not answer is no question of rights", async () => {
  assert.match(await said(null), /^kubernetes: the cluster does not answer: .*ECONNREFUSED/);
});

test("a login that nobody knows is told as one", async () => {
  const body = JSON.stringify({ kind: "Status", message: "Unauthorized", code: 401 });
  const line = /^kubernetes: sriov: the dry run of a policy failed: .*401.*; log in as somebody who may create SR-IOV/;
  assert.match(await said({ code: 401, type: "application/json", body }), line);
});

test("a path that the API server has not, in its own plain words, means that policies are not defined", async () => {
  const answer = { code: 404, type: "text/plain", body: "404 page not found\n" };
  const line = /^kubernetes: sriov: its webhook judges no policy after 0 s: policies are not defined; the chart brings/;
  assert.match(await said(answer), line);
});

test("a page of a proxy is waited for, and its first line told", async () => {
  const answer = { code: 503, type: "text/html", body: "<html>no backend\n</html>" };
  const line =
    /^kubernetes: sriov: its webhook judges no policy after 0 s: the API server answers 503 <html>no backend; see/;
  assert.match(await said(answer), line);
});
