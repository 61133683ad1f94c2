import { type Case, example, type Made, plan, remote } from "./resources";

const kernel = (...tokens: string[]) => ({ kernel: { ...example.kernel, arguments: tokens } });
const laterPlan: Made = { type: "command:local:Command", props: { create: "true", stdin: "LATER" } };

export const host: Readonly<Record<string, Case>> = {
  "dpdk-hugepages-within-memory": {
    violates: [
      plan({ hugepages: [{ size: "2M", numaNode: 0, pages: 4096 }] }),
      /alpha: 8,192 MiB of hugepages on NUMA node 0/,
    ],
    unknown: laterPlan,
  },
  "dpdk-cpus-disjoint": {
    violates: [plan({ cpus: { online: "0-3", housekeeping: "0-2", isolated: "2-3" } }), /takes CPU 2/],
    unknown: laterPlan,
  },
  "dpdk-iommu-matches-driver": {
    violates: [plan(kernel("intel_iommu=off")), /needs the IOMMU/],
    unknown: laterPlan,
  },
  "dpdk-management-nic-unbound": {
    violates: [plan({ wayIn: ["0000:01:00.0"] }), /carries the SSH connection/],
    unknown: laterPlan,
  },
  "dpdk-kernel-arguments-unique": {
    violates: [plan(kernel("iommu=pt", "quiet", "quiet")), /quiet and quiet set the same/],
    unknown: laterPlan,
  },
  "dpdk-host-key-pinned": {
    violates: [remote({ connection: { host: "192.0.2.1" } }), /connection has no hostKey/],
    unknown: remote({ connection: { host: "192.0.2.1", hostKey: "LATER" } }),
  },
};
