import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Facts, type FactsNic, parseFacts } from "../host/facts";

const example = readFileSync(join(__dirname, "../host/facts.example.json"), "utf8");

/** The contract's facts with a way in that is there, and then with parts replaced. */
export function facts(change: Partial<Facts> = {}): Facts {
  const found = parseFacts(example);
  const uplink = nic({ pci: "0000:00:02.0", driver: "virtio-pci", interface: "enp0s2", sriovTotal: 0, iommuGroup: 1 });
  return { ...found, nics: [uplink, ...found.nics], ...change };
}

/** The contract's card, with parts replaced. */
export function nic(change: Partial<FactsNic> = {}): FactsNic {
  const [card] = parseFacts(example).nics;
  return { ...(card as FactsNic), ...change };
}

/** A server of two sockets with 16 cores of two threads and 192 GiB each: the seed's production machine, or larger. */
export function server(change: Partial<Facts> = {}): Facts {
  const memoryKiB = 192 * 1024 * 1024 - 12_345;
  const cores = Array.from({ length: 32 }, (_, core) => `${core},${core + 32}`);
  return facts({
    hostname: "validator-07",
    kernel: { release: "5.15.0-91-generic", arguments: ["ro"], lockdown: "none" },
    cpus: { online: "0-63", isolated: "", smtSiblings: cores },
    numaNodes: [
      { id: 0, cpus: "0-15,32-47", memoryKiB },
      { id: 1, cpus: "16-31,48-63", memoryKiB },
    ],
    hugepages: [
      { size: "1G", numaNode: 0, pages: 0 },
      { size: "2M", numaNode: 0, pages: 0 },
    ],
    nics: [
      nic({ pci: "0000:00:02.0", driver: "ixgbe", interface: "eno1", iommuGroup: null }),
      nic({
        pci: "0000:41:00.0",
        mac: "b4:96:91:00:00:01",
        interface: "ens1f0",
        driver: "ice",
        vendor: "8086",
        device: "159b",
        carrier: false,
        numaNode: 1,
      }),
      nic({
        pci: "0000:41:00.1",
        mac: "b4:96:91:00:00:02",
        interface: "ens1f1",
        driver: "ice",
        vendor: "8086",
        device: "159b",
        sriovTotal: 0,
        numaNode: 1,
      }),
      nic({
        pci: "0000:81:00.0",
        vendor: "15b3",
        device: "1017",
        mac: "b8:3f:d2:00:00:03",
        interface: "ens2",
        driver: "mlx5_core",
        numaNode: 1,
      }),
    ],
    limits: { iommuGroups: 0, memlockKiB: 64, iommuTable: "DMAR" },
    ...change,
  });
}
