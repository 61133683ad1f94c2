import assert from "node:assert/strict";
import { test } from "node:test";
import { sriovNetwork } from "./network-plan";

test("a network hands out no addresses, and trusts nobody", () => {
  assert.deepEqual(sriovNetwork("data-plane", { resource: "data_plane", vlan: 120 }), {
    metadata: { name: "data-plane", namespace: "sriov-network-operator" },
    spec: {
      resourceName: "data_plane",
      networkNamespace: "pantheonchain",
      vlan: 120,
      spoofChk: "on",
      trust: "off",
      linkState: "auto",
    },
  });
});

test("trust has a reason, which stays with the object", () => {
  const { metadata, spec } = sriovNetwork("bond", { resource: "a", trust: { reason: "takes the primary's address" } });
  assert.deepEqual(metadata.annotations, { "pantheonchain.org/dpdk-reason": "takes the primary's address" });
  assert.deepEqual([spec.trust, spec.spoofChk], ["on", "off"]);
  assert.throws(() => sriovNetwork("bond", { resource: "a", trust: { reason: " " } }), /trust has no reason/);
});

test("a resource that no policy can have is refused", () => {
  assert.throws(() => sriovNetwork("a", { resource: "data-plane" }), /a: resource data-plane makes no variable/);
});

test("a VLAN that is none is refused", () => {
  for (const vlan of [0, 4095, 1.5])
    assert.throws(
      () => sriovNetwork("a", { resource: "a", vlan }),
      new RegExp(`a: vlan is ${vlan}; write a number from 1 to 4094`),
    );
});
