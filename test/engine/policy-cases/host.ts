import { type Case, example, hostKey, local, type Made, plan, remote } from "./resources";

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
  "dpdk-kernel-arguments-of-this-cpu": {
    violates: [
      plan({ ...kernel("intel_iommu=on", "iommu=pt"), requirements: { cpuFlags: ["svm"] } }),
      /intel_iommu=on is Intel's and the node is AMD/,
    ],
    unknown: laterPlan,
  },
  "dpdk-no-iommu-opt-in": {
    violates: [
      local("true || modprobe vfio enable_unsafe_noiommu_mode=1"),
      /create turns enable_unsafe_noiommu_mode on/,
    ],
    unknown: local("LATER"),
  },
  "dpdk-igb-uio-write-combining": {
    violates: [local("true || lspci -d 1d0f: && modprobe igb_uio"), /create has modprobe igb_uio/],
    unknown: local("LATER"),
  },
  "dpdk-host-key-unique": {
    violates: [
      [remote({ connection: { host: "192.0.2.7", hostKey } }), remote({ connection: { host: "192.0.2.8", hostKey } })],
      /has the host key of/,
    ],
    unknown: remote({ connection: { host: "192.0.2.9", hostKey: "LATER" } }),
  },
  "dpdk-address-unique": {
    violates: [
      [
        remote({ connection: { host: "192.0.2.5", hostKey } }),
        remote({ connection: { host: "192.0.2.5", hostKey: `${hostKey}2` } }),
      ],
      /192\.0\.2\.5:22 has another host key here/,
    ],
    unknown: remote({ connection: { host: "LATER", hostKey } }),
  },
};
