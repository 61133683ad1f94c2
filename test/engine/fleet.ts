import type { Sshd } from "./sshd";

/** A fleet of real servers (none of the lab's machines), an sshd each; what a test changes comes on top. */
export function testFleet(sshds: readonly Sshd[], nodes: Record<string, NodeChanges>): object {
  return {
    version: 1,
    site: "test",
    nodes: Object.fromEntries(Object.entries(nodes).map(([name, changes], at) => [name, node(sshds, at, changes)])),
  };
}

/** What one node of a test has of its own. */
export interface NodeChanges {
  extraArguments?: string[];
  sysctl?: Record<string, number>;
  hostKey?: string;
  port?: number;
  limits?: { answerSeconds: number };
}

function node(sshds: readonly Sshd[], at: number, changes: NodeChanges): object {
  const sshd = sshds[at];
  if (sshd === undefined) throw new Error(`node ${at + 1} of the fleet has no sshd; start one more`);
  return {
    ssh: {
      host: sshd.address,
      port: changes.port ?? sshd.port,
      user: sshd.user,
      sudo: false,
      hostKey: changes.hostKey ?? sshd.hostKey,
      identity: { file: sshd.keyFile },
    },
    hardware: {
      kernel: "6.1",
      cpus: "0-3",
      numaNodes: [{ cpus: "0-3", memory: "8G" }],
      nics: {
        data0: {
          pci: "0000:01:00.0",
          driver: "igb",
          mac: `52:54:00:d0:00:0${at + 1}`,
          sriov: { total: 7, offset: 128, stride: 2 },
        },
      },
      wayIn: ["0000:00:02.0"],
    },
    cpus: { housekeeping: "0-1", isolated: "2-3" },
    hugepages: [{ size: "2M", pages: [128] }],
    kernel: { iommu: "intel", extraArguments: changes.extraArguments ?? [] },
    nics: [],
    sysctl: changes.sysctl ?? {},
    limits: changes.limits ?? {},
  };
}
