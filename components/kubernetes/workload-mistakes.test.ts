import assert from "node:assert/strict";
import { test } from "node:test";
import { KubernetesError } from "./errors";
import { workloadArgs } from "./workload.fixture";
import type { DpdkWorkloadArgs } from "./workload-args";
import { refuseWorkload } from "./workload-mistakes";

const nic = { resource: "openshift.io/data_plane" };
const cases: readonly (readonly [Partial<DpdkWorkloadArgs>, RegExp])[] = [
  [{ nodes: [] }, /nodes is empty; name one node at least/],
  [{ kind: "Deployment" }, /kind Deployment has 2 nodes; .*use StatefulSet/],
  [
    { image: "registry.example.com/pantheon-node:1.2" },
    /image registry\.example\.com\/pantheon-node:1\.2 has no digest/,
  ],
  [{ nic: { resource: "openshift.io/data-plane" } }, /nic\.resource openshift\.io\/data-plane makes no variable/],
  [{ nic: { resource: "data_plane" } }, /nic\.resource data_plane makes no variable/],
  [{ nic: { ...nic, count: 0 } }, /nic\.count is 0; write how many functions/],
  [{ nic: { ...nic, networks: ["a", "b"] } }, /nic\.networks has 2 for 1 functions/],
  [{ nic: { ...nic, mode: "af-xdp" } }, /nic\.mode is af-xdp without nic\.networks; name the networks/],
  [
    { nic: { ...nic, mode: "af-xdp", networks: ["a"] }, user: 1001 },
    /nic\.mode is af-xdp and user 1001; leave user out/,
  ],
  [{ nic: { ...nic, count: 2 } }, /cpus is 2; write 3 whole CPUs at least/],
  [{ cpus: 1 }, /cpus is 1; write 2 whole CPUs at least/],
  [{ cpus: 2.5 }, /cpus is 2\.5/],
  [{ memory: "1.5Gi" }, /memory is 1\.5Gi; write a whole number with Mi or Gi/],
  [{ hugepages: { size: "1Gi", amount: "512Mi" } }, /hugepages\.amount is 512Mi; write a multiple of 1Gi/],
  [{ maxUnavailable: 0 }, /maxUnavailable is 0; write 1 or more: with 0 no node can be drained/],
];

test("a right workload is not refused", () => {
  refuseWorkload("validators", workloadArgs());
  refuseWorkload("validators", workloadArgs({ kind: "Deployment", nodes: [{}] }));
  refuseWorkload("validators", workloadArgs({ nic: { ...nic, count: 2, networks: ["a", "a"] }, cpus: 3 }));
  refuseWorkload("validators", workloadArgs({ nic: { ...nic, mode: "af-xdp", networks: ["a"] } }));
});

for (const [changes, says] of cases)
  test(`${JSON.stringify(changes)} is refused with what to do`, () => {
    assert.throws(
      () => refuseWorkload("validators", workloadArgs(changes)),
      (error: unknown) =>
        error instanceof KubernetesError && error.message.startsWith("validators: ") && says.test(error.message),
    );
  });

test("a name that no object may have is refused", () => {
  assert.throws(() => refuseWorkload("Validators", workloadArgs()), /the name is no name of an object/);
  assert.throws(() => refuseWorkload("v".repeat(43), workloadArgs()), /42 at most/);
});
