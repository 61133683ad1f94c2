import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookRemedy, webhookVerdict } from "./webhook-verdict";

// What the API server of Kubernetes 1.34.2 says.
const calling =
  'Internal error occurred: failed calling webhook "operator-webhook.sriovnetwork.openshift.io": failed to call webhook: Post ' +
  '"https://operator-webhook-service.sriov-network-operator.svc:443/mutating-custom-resource?timeout=10s": ';

function waits(code: number, message: string): readonly [cause: string, why: string] {
  const verdict = webhookVerdict({ code, message });
  assert.equal(verdict.state, "waits", JSON.stringify(verdict));
  return verdict.state === "waits" ? [verdict.cause, verdict.why] : ["", ""];
}

test("a policy that the webhook refuses shows that it judges", () => {
  const message =
    'admission webhook "operator-webhook.sriovnetwork.openshift.io" denied the request: ' +
    "'deviceType: vfio-pci' conflicts with 'isRdma: true'; Set 'deviceType' to (string)'netdevice' Or Set 'isRdma' to (bool)'false'";
  assert.deepEqual(webhookVerdict({ code: 403, message }), { state: "judges" });
});

test("a policy that would be made shows that nobody is asked yet", () => {
  assert.deepEqual(waits(201, ""), ["not-configured", "nothing is asked before a policy is taken"]);
});

test("a webhook that does not answer, and what will pass, are waited for, with the reason alone", () => {
  assert.deepEqual(waits(500, `${calling}dial tcp 10.96.180.64:443: connect: connection refused`), [
    "no-answer",
    "connect: connection refused",
  ]);
  const strange = `${calling}tls: failed to verify certificate: x509: certificate signed by unknown authority`;
  assert.deepEqual(waits(500, strange), ["no-answer", "x509: certificate signed by unknown authority"]);
  assert.equal(waits(404, "the API server answers 404 404 page not found")[0], "no-definition");
  for (const code of [429, 500, 502, 503, 504]) assert.deepEqual(waits(code, "later"), ["busy", "later"]);
});

test("a login that may make no policy, and another one that refuses it, end the wait with a remedy each", () => {
  const remedyOf = (code: number, message: string) => {
    const verdict = webhookVerdict({ code, message });
    return verdict.state === "fails" ? verdict.remedy : verdict.state;
  };
  const forbidden =
    'sriovnetworknodepolicies.sriovnetwork.openshift.io is forbidden: User "reader" cannot create resource "sriovnetworknodepolicies"';
  assert.match(remedyOf(403, forbidden), /^log in as somebody who may/);
  assert.match(remedyOf(401, "Unauthorized"), /^log in as somebody who may/);
  const other = 'admission webhook "validate.example.com" denied the request: no policy on Fridays';
  assert.match(remedyOf(403, other), /^something else than the operator's webhook/);
  assert.match(remedyOf(422, "spec.numVfs: Required value"), /^something else/);
});

test("what to do follows from what is missing, and from the pods of the webhook", () => {
  const remedyOf = (cause: Parameters<typeof webhookRemedy>[1], pods: Parameters<typeof webhookRemedy>[2]) =>
    webhookRemedy("sriov", cause, pods);
  assert.match(remedyOf("not-configured", null), /has not made it; read kubectl logs -n sriov -l name=sriov-network-/);
  assert.match(remedyOf("no-answer", { wanted: 0, ready: 0 }), /label at least one/);
  assert.match(remedyOf("no-answer", { wanted: 2, ready: 0 }), /none of its 2 pods is ready; read kubectl describe/);
  assert.match(remedyOf("no-answer", { wanted: 2, ready: 1 }), /does not reach them or does not believe their cert/);
  assert.match(remedyOf("not-configured", { wanted: 2, ready: 2 }), /no configuration names them; read kubectl logs/);
  assert.match(remedyOf("no-answer", "hidden"), /see kubectl get daemonset operator-webhook -n sriov with a login/);
  assert.match(remedyOf("no-definition", null), /the chart brings the definitions/);
  assert.match(remedyOf("busy", null), /see why the API server is not well/);
});
