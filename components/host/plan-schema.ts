import { z } from "zod";

const text = (description: string) => z.string().meta({ description });
const whole = (description: string) => z.number().int().min(0).meta({ description });
const list = <T extends z.ZodType>(of: T, description: string) => z.array(of).meta({ description });

const onOff = (description: string) => z.boolean().optional().meta({ description });
const number = (description: string) => whole(description).optional();

const settings = z.strictObject({
  offloads: z
    .strictObject({
      gro: onOff("Generic receive offload."),
      lro: onOff("Large receive offload."),
      tso: onOff("TCP segmentation offload."),
      gso: onOff("Generic segmentation offload."),
    })
    .optional(),
  rings: z
    .strictObject({
      rx: number("Receive descriptors of each queue."),
      tx: number("Transmit descriptors of each queue."),
    })
    .optional(),
  channels: z.strictObject({ combined: number("Queues that receive and send.") }).optional(),
  pause: z.strictObject({ rx: onOff("Obey pause frames."), tx: onOff("Send pause frames.") }).optional(),
  coalescing: z
    .strictObject({
      rxUsecs: number("Time that a received packet may wait for its interrupt. Unit: \u00b5s."),
      txUsecs: number("Time that a sent packet may wait for its interrupt. Unit: \u00b5s."),
    })
    .optional(),
});

/** The host plan: all that one node must be. Contract between the operator's side and the node agent. */
export const hostPlanSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this format." }),
    node: text("Name of the node in the fleet file."),
    kernel: z.strictObject({
      arguments: list(
        z.string(),
        "Kernel arguments in order; each hugepages= belongs to the hugepagesz= right before it.",
      ),
      panicSeconds: whole("Time after which a kernel that panicked in its trial boot restarts. Unit: s."),
      trialSeconds: whole("Time that a trial boot has to be confirmed. Unit: s."),
    }),
    acceptUnproved: z
      .array(z.enum(["bls", "systemd-boot", "dnf", "yum"]))
      .optional()
      .meta({
        description: "Boot loaders and package managers that may be used though no running machine has shown them.",
      }),
    packages: list(z.string(), "Packages that must be there: NAME, or NAME=VERSION for exactly that version."),
    packageManager: z.enum(["dnf", "yum"]).optional().meta({ description: "What installs them; absent: apt." }),
    holdPackages: list(z.string(), "Packages that no upgrade may change.").optional(),
    holdKernel: z.literal(true).optional().meta({ description: "No other kernel may come with an upgrade." }),
    dpdk: z
      .strictObject({
        version: text("Version; it is installed into /opt/dpdk-VERSION."),
        sha256: text("SHA-256 of the source archive."),
        url: text("Its https address, or the path of a file on the node."),
        options: list(z.string(), "Options of meson, in order."),
        buildSeconds: whole("Time that each step may take. Unit: s."),
      })
      .optional()
      .meta({ description: "DPDK to be built from its source archive." }),
    modules: list(z.string(), "Kernel modules that must be loaded."),
    hugepages: list(
      z.strictObject({
        size: z.enum(["2M", "1G"]).meta({ description: "Page size." }),
        numaNode: whole("NUMA node."),
        pages: whole("Pages of this size on this NUMA node."),
      }),
      "Hugepages for each size and NUMA node, all of them listed.",
    ),
    hugepageMounts: list(
      z.strictObject({
        path: text("Folder of the hugetlbfs mount."),
        size: z.enum(["2M", "1G"]).meta({ description: "Page size." }),
        mode: text("Mode of the mounted folder, octal."),
        owner: text("Owner of the mounted folder."),
        group: text("Group of the mounted folder."),
      }),
      "hugetlbfs mounts, one a size.",
    ),
    requirements: z
      .strictObject({
        memoryKiB: whole("Memory of the machine at least. Unit: KiB.").optional(),
        kernel: text("Kernel version at least.").optional(),
        cpuFlags: list(z.string(), "CPU flags that must be there.").optional(),
      })
      .optional()
      .meta({ description: "What the machine must have beyond what DPDK needs." }),
    cpus: z.strictObject({
      online: text("CPUs that must be online, as a CPU list. The node agent refuses the plan where they are not."),
      housekeeping: text("CPUs for everything but the data plane."),
      isolated: text("CPUs for the data plane alone."),
    }),
    memory: list(
      z.strictObject({ numaNode: whole("NUMA node."), kib: whole("Its memory. Unit: KiB.") }),
      "Memory of each NUMA node, for those who judge the plan; the node agent looks for itself.",
    ),
    wayIn: list(
      z.string(),
      "PCI addresses that carry the SSH connection, for those who judge the plan; the node agent looks for itself.",
    ),
    nics: list(
      z.strictObject({
        name: text("Name of the NIC in the fleet file."),
        pci: text("PCI address; with mac it must name the same device on the node."),
        mac: text("Permanent MAC address."),
        id: text("PCI vendor and device of the card that must be there.").optional(),
        driver: text("The kernel's own driver, to which the card returns."),
        bind: z
          .literal("vfio-pci")
          .optional()
          .meta({ description: "The driver that the whole card is handed to; absent where it stays with its own." }),
        virtualFunctions: list(
          z.strictObject({
            index: whole("Number of the virtual function."),
            mac: text("MAC address that the physical function gives it."),
            driver: text("The driver that it is bound to."),
            trust: z
              .literal(true)
              .optional()
              .meta({ description: "Whether it may change its own MAC address; absent where it may not." }),
          }),
          "Virtual functions to make on the card.",
        ),
        settings: settings.optional().meta({
          description: "Settings of the kernel's driver, as ethtool makes them; absent ones stay as they are.",
        }),
      }),
      "NICs that the fleet uses. One that is not listed is left alone.",
    ),
    accounts: z
      .strictObject({
        groups: list(z.string(), "Groups that must be there."),
        users: list(
          z.strictObject({
            name: text("Name of the account."),
            group: text("Its group."),
            groups: list(z.string(), "Other groups that it is in."),
          }),
          "Accounts that must be there.",
        ),
      })
      .optional()
      .meta({ description: "System accounts, made where they are missing." }),
    vfioGroup: z
      .string()
      .optional()
      .meta({ description: "Group that may open the functions that are bound to vfio-pci." }),
    vfioNoIommu: z
      .boolean()
      .optional()
      .meta({ description: "Whether vfio-pci may own a NIC without an IOMMU, which taints the kernel." }),
    service: z
      .strictObject({
        runtime: z.enum(["podman", "native"]).meta({ description: "How the program of the image runs." }),
        user: text("Account that it runs as."),
        group: text("Its group."),
        configToml: text("Path of config.toml."),
        dpdkConf: text("Path of dpdk.conf."),
        dataFolder: text("Folder that it may write into."),
        lcores: text("CPUs that poll, as a CPU list."),
        housekeeping: text("CPUs for its other threads, as a CPU list."),
        hugepageMount: text("The hugetlbfs mount that it takes its pages from."),
        functions: list(z.string(), "PCI addresses of its ports, in order."),
        startSeconds: whole("Time from its start until all ports run. Unit: s."),
        nicMode: z
          .enum(["bifurcated"])
          .optional()
          .meta({ description: "How it reaches its ports, where that is not vfio-pci behind an IOMMU." }),
        log: z
          .strictObject({
            file: z.string().optional().meta({ description: "Where the program's lines go instead of the journal." }),
            rate: z
              .strictObject({ lines: whole("Lines at most in that time."), seconds: whole("The time. Unit: s.") })
              .optional()
              .meta({ description: "Limit of lines in the journal." }),
          })
          .optional()
          .meta({ description: "Where the program's lines go, and how many." }),
        profile: z.string().optional().meta({ description: "File that its network threads' profile is written into." }),
        coreMiB: whole("Size of a core dump at most; absent: none. Unit: MiB.").optional(),
      })
      .optional()
      .meta({ description: "The data plane as pantheonchain-dpdk.service." }),
    kubelet: z
      .strictObject({
        service: text("Unit of the kubelet."),
        file: text("File in the folder of its --config-dir."),
        content: text("The whole text: a KubeletConfiguration as JSON."),
        stateFolder: text("Folder of its state; cpu_manager_state and memory_manager_state are in it."),
      })
      .optional()
      .meta({ description: "The kubelet of a worker of a Kubernetes cluster; absent: the node is none." }),
    tuning: z
      .strictObject({
        irqs: z.enum(["housekeeping"]).optional().meta({ description: "Interrupts are moved off the isolated CPUs." }),
        irqbalance: z
          .enum(["banned", "off"])
          .optional()
          .meta({ description: "irqbalance keeps off the isolated CPUs, or is off." }),
        workqueues: z
          .enum(["housekeeping"])
          .optional()
          .meta({ description: "Unbound workqueues are kept off the isolated CPUs." }),
        systemdAffinity: z
          .enum(["housekeeping"])
          .optional()
          .meta({ description: "systemd, and what it starts, runs on the housekeeping CPUs." }),
        governor: z.string().optional().meta({ description: "CPU frequency governor of the isolated CPUs." }),
        idleExitLatency: z
          .number()
          .int()
          .min(0)
          .optional()
          .meta({ description: "Idle states of the isolated CPUs that take longer to leave are disabled. Unit: us." }),
        transparentHugepages: z
          .enum(["never", "madvise", "always"])
          .optional()
          .meta({ description: "Transparent hugepages." }),
        clocksource: z.enum(["tsc"]).optional().meta({ description: "Clock source, where the kernel offers it." }),
      })
      .optional()
      .meta({ description: "Tuning of the running kernel; what is absent is left as it is." }),
    sysctl: list(
      z.strictObject({ key: text("Name, with dots."), value: text("Value.") }),
      "Kernel parameters at run time, in order.",
    ),
    files: list(
      z.strictObject({
        path: text("Absolute path."),
        mode: text("Mode, octal."),
        owner: text("Owner."),
        group: text("Group."),
        content: text("The whole text."),
      }),
      "Files that must be there.",
    ),
    limits: z.strictObject({
      confirmSeconds: whole("Time in which a new connection must confirm the NIC binding. Unit: s."),
      packagesSeconds: whole("Time that installing the packages may take. Unit: s."),
    }),
  })
  .meta({ title: "Host plan", description: "All that one DPDK node must be." });

export type HostPlan = Readonly<z.output<typeof hostPlanSchema>>;
