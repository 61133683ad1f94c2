import { z } from "zod";
import { account, count, cpuList, driver, field, mac, mode, name, text } from "./fields";
import { nicSettingsSchema } from "./schema-nic-settings";

const roles = z
  .strictObject({
    rx: field(cpuList().optional(), "CPUs that poll receive queues.", { reboot: false, example: "2-3" }),
    tx: field(cpuList().optional(), "CPUs that poll transmit queues.", { reboot: false, example: "10-11" }),
    consensus: field(cpuList().optional(), "CPUs for consensus.", { reboot: false, example: "4-5" }),
    transactionPool: field(cpuList().optional(), "CPUs for the transaction pool.", { reboot: false, example: "6-7" }),
    mempool: field(cpuList().optional(), "CPUs for what fills and empties the packet buffers.", {
      reboot: false,
      example: "12-13",
    }),
    crypto: field(cpuList().optional(), "CPUs for signatures.", { reboot: false, example: "14-15" }),
  })
  .meta({
    description:
      "What the isolated CPUs are for; each has one role at most. The data plane's lcores are those of all roles, unless " +
      "dataPlane.lcores says others; it polls on the lowest of them. Left out: all isolated CPUs.",
  });

export const cpusSchema = z
  .strictObject({
    isolated: field(
      cpuList(),
      "CPUs for the data plane alone: isolcpus, nohz_full, rcu_nocbs. Never CPU 0, never half a core.",
      {
        reboot: true,
        example: "2-3",
      },
    ),
    housekeeping: field(cpuList().optional(), "CPUs for everything else. Default: all that are not isolated.", {
      reboot: true,
      example: "0-1",
    }),
    roles: roles.optional(),
  })
  .meta({ description: "Which CPUs do what. Every CPU of the hardware is in exactly one of the two sets." });

const mount = z
  .strictObject({
    path: field(
      text(/^\/mnt\/[a-z0-9_-]+$/, "must be a folder directly under /mnt such as /mnt/huge").optional(),
      "Where the pages are mounted. Default: /mnt/huge for the first size, /mnt/huge-SIZE for another.",
      {
        reboot: false,
        example: "/mnt/huge",
      },
    ),
    mode: field(mode().default("0770"), "Mode of the mounted folder.", { reboot: false, example: "0770" }),
    owner: field(account().default("root"), "Owner of the mounted folder.", { reboot: false, example: "root" }),
    group: field(
      account().default("root"),
      "Group of the mounted folder: whoever is in it has the pages. vm.hugetlb_shm_group is for SysV shared memory alone.",
      { reboot: false, example: "hugepages" },
    ),
  })
  .meta({ description: "The hugetlbfs mount of this page size." });

export const hugepagesSchema = z
  .array(
    z.strictObject({
      size: field(
        z.enum(["2M", "1G"]),
        "Page size; each at most once. The first in the list is the node's default size.",
        {
          reboot: true,
          example: "1G",
        },
      ),
      pages: field(
        z.array(count(0, 1_048_576)).min(1, "must give one count for each NUMA node"),
        "Pages of this size on each NUMA node, in ascending order.",
        { unit: "pages", reboot: true, example: [128, 128] },
      ),
      mount: mount.prefault({}),
    }),
  )
  .meta({
    description:
      "Hugepages, an ordered list: the kernel reads hugepagesz/hugepages in pairs. The order here is the order there. " +
      'A change reboots the node. Example: [{"size":"2M","pages":[128,128]}].',
  });

export const kernelSchema = z
  .strictObject({
    iommu: field(
      z.enum(["intel", "amd", "off"]),
      "intel: intel_iommu=on iommu=pt. amd: iommu=pt alone, because Linux turns an AMD IOMMU on by itself and knows no " +
        "amd_iommu=on. off: no argument; then nothing can be bound to vfio-pci.",
      { reboot: true, example: "intel" },
    ),
    vfioNoIommu: field(
      z.boolean().default(false),
      "Bind to vfio-pci without an IOMMU (enable_unsafe_noiommu_mode). The NIC then reaches all memory, the kernel is tainted, and only " +
        "a process with CAP_SYS_RAWIO and CAP_SYS_ADMIN can drive it; `service` has neither and is refused. Needs iommu: off.",
      { reboot: false, example: false },
    ),
    isolcpus: field(z.boolean().default(true), "Write isolcpus=managed_irq,domain,ISOLATED.", {
      reboot: true,
      example: true,
    }),
    nohzFull: field(z.boolean().default(true), "Write nohz_full=ISOLATED: no scheduler tick while one task runs.", {
      reboot: true,
      example: true,
    }),
    rcuNocbs: field(z.boolean().default(true), "Write rcu_nocbs=ISOLATED: RCU callbacks run elsewhere.", {
      reboot: true,
      example: true,
    }),
    extraArguments: field(
      z.array(z.string()).default([]),
      "More kernel arguments, each one token, in this order, after those above.",
      { reboot: true, example: ["transparent_hugepage=never", "nosoftlockup"] },
    ),
    panicSeconds: field(
      count(1, 600).default(10),
      "Time after which a kernel that panicked in its trial boot restarts.",
      {
        unit: "s",
        reboot: false,
        example: 10,
      },
    ),
    trialSeconds: field(
      count(60, 3600).default(300),
      "Time that a trial boot has to be confirmed; then the node goes back to its previous kernel arguments.",
      { unit: "s", reboot: false, example: 300 },
    ),
  })
  .meta({ description: "The kernel's command line." });

export const acceptUnprovedSchema = field(
  z.array(z.enum(["bls", "systemd-boot", "dnf", "yum"])).default([]),
  "What this node may be changed with though it was proved against recorded files and stand-ins only, never on a running " +
    "machine. bls: GRUB with boot loader specification entries (RHEL, Rocky, Fedora, Amazon Linux 2023), and systemd-boot: " +
    "without the word such a node is refused, unless it runs its kernel arguments already. dnf, yum: package managers, see " +
    "`packageManager`.",
  { reboot: false, example: ["bls", "dnf"] },
);

const virtualFunction = z.strictObject({
  mac: field(mac(), "MAC address that the physical function gives it; locally administered, unique in the fleet.", {
    reboot: false,
    example: "52:54:00:d1:00:01",
  }),
  driver: field(
    driver().default("vfio-pci"),
    "vfio-pci hands it to DPDK; a kernel driver (igbvf, iavf, mlx5_core) leaves it to the kernel.",
    { reboot: false, example: "vfio-pci" },
  ),
  trust: field(
    z.boolean().default(false),
    "Let whoever has the function change its MAC address (ip link set CARD vf N trust on): the secondary port of a bond takes the " +
      "primary's. Nobody else needs it.",
    { reboot: false, example: true },
  ),
});

export const nicsSchema = z
  .array(
    z.strictObject({
      name: field(name(), "A NIC of hardware.nics.", { reboot: false, example: "data0" }),
      bind: field(
        z
          .literal("vfio-pci", { error: "must be vfio-pci: UIO knows no IOMMU and is refused under kernel lockdown" })
          .optional(),
        "Hand the whole card to DPDK. Instead of virtualFunctions.",
        { reboot: false, example: "vfio-pci" },
      ),
      virtualFunctions: field(
        z.array(virtualFunction).min(1, "must list at least one virtual function").optional(),
        "Virtual functions to make on the card, which itself stays with its kernel driver.",
        { reboot: false, example: [{ mac: "52:54:00:d1:00:01", driver: "vfio-pci" }] },
      ),
      settings: field(
        nicSettingsSchema.optional(),
        "Settings of a NIC that stays with its kernel driver, as ethtool makes them; what is left out stays as it is. On a NIC " +
          "that carries SSH only offloads.gro, tso and gso: the others may reset it.",
        { reboot: false, example: { rings: { rx: 4096, tx: 4096 }, offloads: { gro: false } } },
      ),
    }),
  )
  .meta({ description: "What becomes of the NICs. A NIC that is not listed is left alone. A change needs no reboot." });

export const filesSchema = z
  .array(
    z.strictObject({
      path: field(
        z.string(),
        "Absolute path under /etc/pantheonchain, /opt/pantheonchain, /usr/local/etc or /etc/systemd/system.",
        {
          reboot: false,
          example: "/etc/pantheonchain/peers.txt",
        },
      ),
      content: field(z.string().max(262_144), "The whole text. No secrets: the plan is shown in previews.", {
        reboot: false,
        example: "192.0.2.20\n",
      }),
      mode: field(mode().default("0644"), "Mode.", { reboot: false, example: "0644" }),
      owner: field(account().default("root"), "Owner.", { reboot: false, example: "root" }),
      group: field(account().default("root"), "Group.", { reboot: false, example: "pantheon" }),
    }),
  )
  .meta({ description: "Files that the node has besides those of dataPlane. A change needs no reboot." });

export const sysctlSchema = z
  .record(
    text(/^[a-z0-9_]+([./][A-Za-z0-9_-]+)+$/, "must be a sysctl such as vm.max_map_count"),
    z.union([text(/^[^\n\r]+$/, "must be one line"), z.number().int()], { error: "must be a text or a whole number" }),
  )
  .meta({
    description:
      'Kernel parameters at run time, written in this order. A change needs no reboot. Example: {"vm.max_map_count":262144}.',
  });

export const limitsSchema = z
  .strictObject({
    confirmSeconds: field(
      count(30, 1800).default(120),
      "Time in which a new connection must confirm the NIC binding; then the node agent undoes it.",
      { unit: "s", reboot: false, example: 120 },
    ),
    packagesSeconds: field(count(60, 7200).default(900), "Time that installing the packages may take.", {
      unit: "s",
      reboot: false,
      example: 900,
    }),
    answerSeconds: field(
      count(30, 86_400).default(1200),
      "Time from the first connection that is lost, or that the node agent asks for, until `up` gives the node up. A large " +
        "server takes ten minutes to boot.",
      { unit: "s", reboot: false, example: 1200 },
    ),
  })
  .meta({ description: "Time limits of one node." });
