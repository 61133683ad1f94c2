import { z } from "zod";
import { count, cpuList, driver, field, mac, memory, name, pci, pciId, text } from "./fields";

const numaNode = z.strictObject({
  cpus: field(cpuList(), "CPUs of this NUMA node, as in /sys/devices/system/node/node0/cpulist.", {
    reboot: false,
    example: "0-1",
  }),
  memory: field(memory(), "Memory of this NUMA node; hugepages are taken from it.", {
    unit: "K, M or G, powers of 1,024",
    reboot: false,
    example: "1280M",
  }),
});

const sriov = z
  .strictObject({
    total: field(count(1, 256), "Virtual functions that the card can have: sriov_totalvfs.", {
      reboot: false,
      example: 7,
    }),
    offset: field(count(1, 65535), "Distance from the physical to the first virtual function: sriov_offset.", {
      unit: "PCI functions",
      reboot: false,
      example: 128,
    }),
    stride: field(count(1, 65535), "Distance from one virtual function to the next: sriov_stride.", {
      unit: "PCI functions",
      reboot: false,
      example: 2,
    }),
  })
  .meta({
    description:
      "SR-IOV as /sys/bus/pci/devices/ADDRESS/sriov_* tells it; says at which addresses the functions appear.",
  });

const nic = z.strictObject({
  pci: field(
    pci(),
    "PCI address; those of virtual functions and the ports of dpdk.conf follow from it, before any node is asked. It may " +
      "change with the hardware; the MAC decides: the node agent refuses a plan in which the two differ, and names " +
      "the address at which the card is now.",
    {
      reboot: false,
      example: "0000:01:00.0",
    },
  ),
  mac: field(mac(), "Permanent MAC address.", { reboot: false, example: "52:54:00:d0:00:01" }),
  id: field(
    pciId().optional(),
    "PCI vendor and device (facts: vendor and device). Says which card it is, and so what it can; left out, its driver " +
      "tells less.",
    { reboot: false, example: "8086:10c9" },
  ),
  driver: field(driver(), "The kernel's own driver.", { reboot: false, example: "igb" }),
  numaNode: field(count(-1, 1023).default(-1), "NUMA node of the slot, -1 where the machine does not say.", {
    reboot: false,
    example: 0,
  }),
  iommuGroup: field(count(0, 65535).optional(), "IOMMU group, known once the IOMMU is on.", {
    reboot: false,
    example: 14,
  }),
  sriov: sriov.optional(),
});

/**
 * What the fleet file must know of a machine so that a plan needs no connection; `propose` writes it from the node's
 * facts.
 */
export const hardwareSchema = z
  .strictObject({
    cpus: field(cpuList().optional(), "CPUs that are online. Default: those of the node's machine.", {
      reboot: false,
      example: "0-3",
    }),
    kernel: field(
      text(/^\d{1,2}\.\d{1,3}/, "must be a kernel release such as 6.1").optional(),
      "Kernel release that the node boots. Before 5.16 hugepages cannot be asked for per NUMA node at boot. Default: 6.1; of an " +
        "instance its image's writeCombiningKernel.",
      { reboot: true, example: "6.1" },
    ),
    numaNodes: field(
      z.array(numaNode).min(1, "must list at least one NUMA node").optional(),
      "NUMA nodes in ascending order, the first is node 0. Default: those of the node's machine.",
      { reboot: false, example: [{ cpus: "0-3", memory: "64G" }] },
    ),
    smtSiblings: field(
      z.array(cpuList()).default([]),
      "CPUs that share a core, a list for each core; a CPU that is in none has a core of its own.",
      { reboot: false, example: ["0,8", "1,9"] },
    ),
    nics: field(z.record(name(), nic).default({}), "NICs that the fleet may use, by the name that `nics` refers to.", {
      reboot: false,
      example: { data0: { pci: "0000:01:00.0", mac: "52:54:00:d0:00:01", driver: "igb" } },
    }),
    wayIn: field(
      z.array(pci()).min(1, "must name at least one PCI device").optional(),
      "PCI addresses of the devices that carry the operator's SSH connection (facts: wayIn.pci). They are never " +
        "touched. Required, but of an instance: there it is the management interface.",
      { reboot: false, example: ["0000:00:02.0"] },
    ),
  })
  .meta({
    description:
      "Facts of the machine that the plan depends on; the node agent refuses a plan that its node contradicts.",
  });

/** A virtual machine of the lab. */
export const machineSchema = z
  .strictObject({
    index: field(
      count(1, 250),
      "Number of the machine in its lab; its MAC addresses and ports are made from it (52:54:00:d0:00:INDEX for " +
        "the data NIC).",
      { reboot: true, example: 1 },
    ),
    cpus: field(cpuList(), "CPUs of the machine, from 0.", { reboot: true, example: "0-3" }),
    numaNodes: field(
      z.array(numaNode).min(1, "must list at least one NUMA node"),
      "NUMA nodes; their memory adds up to the machine's.",
      {
        reboot: true,
        example: [{ cpus: "0-3", memory: "2G" }],
      },
    ),
    accelerator: field(
      z.enum(["auto", "kvm", "tcg"]).default("auto"),
      "kvm: the host's virtualisation; tcg: software emulation, slower and everywhere; auto: kvm where a probe " +
        "shows that it works.",
      { reboot: true, example: "auto" },
    ),
    firmware: field(
      z.enum(["bios", "uefi"]).default("bios"),
      "What the machine boots with. uefi: OVMF without secure boot, boot entries that outlive a reboot, and /boot on " +
        "btrfs, where GRUB cannot write its environment; its disk is built when a machine first asks for it. " +
        "Default: bios.",
      { reboot: true, example: "uefi" },
    ),
    login: field(
      z.enum(["root", "operator"]).default("root"),
      "Who can enter the machine: root, or the user `operator`, who has sudo. Default: root.",
      { reboot: true, example: "operator" },
    ),
    direct: field(
      z.boolean().default(true),
      "Whether a port of this computer leads to the machine; otherwise it is entered through another machine. Default: true.",
      { reboot: true, example: false },
    ),
    worker: field(
      z.boolean().default(false),
      "Whether the machine comes as a worker of the lab's cluster (kubernetes.cluster: lab): containerd and a kubelet that joins " +
        "under the machine's name, with the label pantheonchain.org/dpdk. Default: false.",
      { reboot: true, example: true },
    ),
  })
  .meta({ description: "A virtual machine that the lab starts on the operator's own machine." });

export type HardwareInput = z.output<typeof hardwareSchema>;
export type MachineInput = z.output<typeof machineSchema>;
