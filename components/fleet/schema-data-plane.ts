import { z } from "zod";
import { count, cpuList, field, name, text } from "./fields";
import { limits, metrics, network } from "./schema-network";

const filePath = () =>
  text(/^\/etc\/pantheonchain\/[A-Za-z0-9._-]+$/, "must be a file directly under /etc/pantheonchain");

const port = z.strictObject({
  nic: field(name(), "A NIC of `nics`.", { reboot: false, example: "data0" }),
  virtualFunction: field(
    count(0, 255).optional(),
    "Which of its virtual functions; left out where the whole card is bound.",
    {
      reboot: false,
      example: 0,
    },
  ),
});

const bonding = z
  .strictObject({
    mode: field(
      z.enum(["active-backup", "balance-rr", "balance-xor", "broadcast", "802.3ad"]).default("active-backup"),
      "Bonding mode.",
      {
        reboot: false,
        example: "active-backup",
      },
    ),
    primaryPort: field(count(0, 31), "Index in `ports` of the port that is used while its link is up.", {
      reboot: false,
      example: 0,
    }),
    secondaryPort: field(count(0, 31), "Index in `ports` of the port that takes over.", { reboot: false, example: 1 }),
    linkMonitorInterval: field(count(10, 10_000).default(100), "How often the links are looked at.", {
      unit: "ms",
      reboot: false,
      example: 100,
    }),
  })
  .meta({ description: "Two ports as one, for failover." });

const threads = z
  .strictObject({
    network: field(count(1, 128), "Threads that poll queues; at most one a queue.", {
      unit: "threads",
      reboot: false,
      example: 4,
    }),
    consensus: field(
      count(0, 128),
      "Threads for consensus on the data plane's CPUs; 0 leaves it to the housekeeping CPUs.",
      {
        unit: "threads",
        reboot: false,
        example: 1,
      },
    ),
    transactionPool: field(
      count(0, 128),
      "Threads for the transaction pool on the data plane's CPUs; 0 leaves it to the housekeeping CPUs.",
      {
        unit: "threads",
        reboot: false,
        example: 1,
      },
    ),
  })
  .meta({ description: "Threads on the data plane's CPUs; together at most as many as there are lcores." });

/**
 * What dpdk.conf and config.toml are made from: each value once, so that the two files cannot contradict each other.
 */
export const dataPlaneSchema = z
  .strictObject({
    dpdkConf: field(filePath().default("/etc/pantheonchain/dpdk.conf"), "Path of dpdk.conf.", {
      reboot: false,
      example: "/etc/pantheonchain/dpdk.conf",
    }),
    configToml: field(filePath().default("/etc/pantheonchain/config.toml"), "Path of config.toml.", {
      reboot: false,
      example: "/etc/pantheonchain/config.toml",
    }),
    lcores: field(cpuList().optional(), "CPUs of the data plane, each an EAL lcore. Default: cpus.isolated.", {
      reboot: false,
      example: "2-7",
    }),
    memoryChannels: field(count(1, 16).default(4), "Memory channels (EAL -n).", {
      unit: "channels",
      reboot: false,
      example: 4,
    }),
    processType: field(
      z
        .enum(["primary", "auto"], { error: "must be primary or auto: the data plane owns its ports" })
        .default("primary"),
      "EAL --proc-type.",
      {
        reboot: false,
        example: "primary",
      },
    ),
    ealArguments: field(
      z.array(text(/^[A-Za-z0-9._:,=/@-]+$/, "must be one argument without whitespace, quotes or #")).default([]),
      "More EAL arguments, in this order.",
      { reboot: false, example: ["--huge-unlink"] },
    ),
    logLevels: z
      .record(
        text(/^[A-Za-z0-9._*-]+$/, "must be the pattern of a log type such as lib.eal or pmd.net.*"),
        z.enum(["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]),
      )
      .default({})
      .meta({
        description:
          "How much is said, by the pattern of DPDK's log types (EAL --log-level; there is no variable DPDK_LOG_LEVEL) and of the " +
          "node's own: pantheon.node, .config, .eal, .port, .protocol, .consensus, .transactions, .metrics, .bench. A change needs " +
          'no reboot. Example: {"lib.eal":"debug","pmd.net.*":"info","pantheon.port":"debug"}.',
      }),
    hugepageSize: field(
      z.enum(["2M", "1G"]).optional(),
      "Page size that the data plane takes. Default: the node's default size.",
      {
        reboot: false,
        example: "1G",
      },
    ),
    socketMemory: field(
      z.array(count(0, 4_194_304)).min(1).optional(),
      "Hugepage memory that the data plane takes on each NUMA node (EAL --socket-mem). Default: all pages of " +
        "that size.",
      { unit: "MB (1,048,576 bytes)", reboot: false, example: [4096, 4096] },
    ),
    ports: field(
      z.array(port).min(1, "must list at least one port"),
      "Ports in the order of their DPDK port numbers.",
      {
        reboot: false,
        example: [{ nic: "data0", virtualFunction: 0 }],
      },
    ),
    queues: field(count(1, 64), "Receive queues of each port, and as many transmit queues.", {
      unit: "queues",
      reboot: false,
      example: 4,
    }),
    rxDescriptors: field(
      count(64, 16_384).default(1024),
      "Receive descriptors of each queue; a power of two suits every PMD.",
      {
        unit: "descriptors",
        reboot: false,
        example: 4096,
      },
    ),
    txDescriptors: field(
      count(64, 16_384).default(1024),
      "Transmit descriptors of each queue; a power of two suits every PMD.",
      {
        unit: "descriptors",
        reboot: false,
        example: 4096,
      },
    ),
    burstSize: field(
      count(1, 512).default(32),
      "Packets taken from a queue at once; 512 is the cache's limit (RTE_MEMPOOL_CACHE_MAX_SIZE).",
      {
        unit: "packets",
        reboot: false,
        example: 32,
      },
    ),
    mempoolCacheSize: field(
      count(0, 512).default(256),
      "Buffers that each lcore keeps for itself (RTE_MEMPOOL_CACHE_MAX_SIZE).",
      {
        unit: "mbufs",
        reboot: false,
        example: 256,
      },
    ),
    mempoolSize: field(
      count(1, 16_777_215).optional(),
      "Packet buffers of the mempool; a power of two less one wastes no memory. Default: what queues, bursts " +
        "and caches can hold at once, rounded up so.",
      { unit: "mbufs", reboot: false, example: 65535 },
    ),
    jumboFrames: field(z.boolean().default(false), "Take frames above 1,518 bytes.", { reboot: false, example: true }),
    maxRxPacketLength: field(count(64, 16_128).default(1518), "Longest frame, Ethernet header and checksum included.", {
      unit: "bytes",
      reboot: false,
      example: 9000,
    }),
    hardwareChecksum: field(z.boolean().default(true), "Let the NIC compute checksums.", {
      reboot: false,
      example: true,
    }),
    rss: field(z.boolean().default(true), "Let the NIC spread packets over the queues (Receive Side Scaling).", {
      reboot: false,
      example: true,
    }),
    rssHashKey: field(
      text(
        /^(auto|[0-9a-f]{80}|[0-9a-f]{104})$/,
        "must be auto, or 40 or 52 bytes as lowercase hexadecimal digits",
      ).default("auto"),
      "Key of the RSS hash: auto is the PMD's own.",
      { reboot: false, example: "auto" },
    ),
    bonding: bonding.optional(),
    network: network,
    pollMode: field(
      z.enum(["busy-wait", "adaptive"]).default("busy-wait"),
      "busy-wait polls without a pause; adaptive sleeps while nothing arrives, for shared machines and less power.",
      { reboot: false, example: "adaptive" },
    ),
    zeroCopy: field(z.boolean().default(true), "Hand packets on without copying them.", {
      reboot: false,
      example: true,
    }),
    directIo: field(z.boolean().default(true), "Write storage past the page cache.", { reboot: false, example: true }),
    threads: threads,
    profileOutput: field(
      text(/^\/var\/log\/[A-Za-z0-9._-]+$/, "must be a file directly under /var/log").optional(),
      "File for the cycles and packets of each network thread, stage by stage of its loop, every ten seconds; left out, profiling is " +
        "off. What functions take within a stage, `perf record -g -p PID` on the node tells.",
      { reboot: false, example: "/var/log/dpdk-profile.log" },
    ),
    limits: limits.optional(),
    metrics: metrics.optional(),
  })
  .meta({ description: "The data plane: rendered as dpdk.conf and config.toml." });

export type DataPlaneInput = z.output<typeof dataPlaneSchema>;
