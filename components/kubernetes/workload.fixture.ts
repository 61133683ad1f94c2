import type { DpdkWorkloadArgs } from "./workload-args";

/** Two nodes on one function each; what a test changes comes on top. */
export function workloadArgs(changes: Partial<DpdkWorkloadArgs> = {}): DpdkWorkloadArgs {
  return {
    image: `registry.example.com/pantheonchain/pantheon-node@sha256:${"3".repeat(64)}`,
    nodes: [{ address: "10.78.0.1/24" }, { address: "10.78.0.2/24" }],
    nic: { resource: "openshift.io/data_plane" },
    hugepages: { size: "1Gi", amount: "1Gi" },
    dataPlane: { networkId: "pantheon-lab" },
    ...changes,
  };
}
