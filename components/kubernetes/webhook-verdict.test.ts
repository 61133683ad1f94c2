import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookRemedy, webhookVerdict } from "./webhook-verdict";

// The messages are the API server's own, of Kubernetes 1.34.2.
const calling =
  'Internal error occurred: failed calling webhook "operator-webhook.sriovnetwork.openshift.io": failed to call webhook: Post ' +
  '"https://operator-webhook-service.sriov-network-operator.svc:443/mutating-custom-resource?timeout=10s": ';

test("a policy that the webhook refuses shows that it judges", () => {
  const message =
    'admission webhook "operator-webhook.sriovnetwork.openshift.io" denied the request: ' +
    "'deviceType: vfio-pci' conflicts with 'isRdma: true'; Set 'deviceType' to (string)'netdevice' Or Set 'isRdma' to (bool)'false'";
  assert.deepEqual(webhookVerdict({ code: 403, message }), { state: "answers" });
});

test("a policy that would be made shows that nobody judges yet", () => {
  const { state } = webhookVerdict({ code: 201, message: "" });
  assert.equal(state, "waits");
});

test("a webhook that does not answer, and a definition that is not there yet, are waited for, with the reason alone", () => {
  const refused = `${calling}dial tcp 10.96.180.64:443: connect: connection refused`;
  assert.deepEqual(webhookVerdict({ code: 500, message: refused }), {
    state: "waits",
    why: "connect: connection refused",
  });
  const strange = `${calling}tls: failed to verify certificate: x509: certificate signed by unknown authority`;
  assert.deepEqual(webhookVerdict({ code: 500, message: strange }), {
    state: "waits",
    why: "x509: certificate signed by unknown authority",
  });
  assert.equal(
    webhookVerdict({ code: 404, message: "the server could not find the requested resource" }).state,
    "waits",
  );
});

test("a login that may make no policy, or another webhook's word, ends the wait", () => {
  const message =
    'sriovnetworknodepolicies.sriovnetwork.openshift.io is forbidden: User "reader" cannot create resource "sriovnetworknodepolicies"';
  assert.deepEqual(webhookVerdict({ code: 403, message }), { state: "refused", why: message });
  const other = 'admission webhook "validate.example.com" denied the request: no policy on Fridays';
  assert.equal(webhookVerdict({ code: 403, message: other }).state, "refused");
});

test("what to do follows from the pods of the webhook", () => {
  const remedyOf = (pods: Parameters<typeof webhookRemedy>[1]) => webhookRemedy("sriov", pods);
  assert.match(remedyOf(null), /has not made it; read kubectl logs -n sriov -l name=sriov-network-operator/);
  assert.match(remedyOf({ wanted: 0, ready: 0 }), /label at least one/);
  assert.match(remedyOf({ wanted: 2, ready: 0 }), /none of its 2 pods is ready; read kubectl describe pods -n sriov/);
  assert.match(remedyOf({ wanted: 2, ready: 1 }), /does not reach them or does not believe their certificate/);
});
