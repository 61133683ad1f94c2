import { z } from "zod";
import { parseAddress, parseRouter } from "../host/addresses";
import { count, cpuList, field, name, text } from "./fields";

const filePath = () =>
  text(/^\/etc\/pantheonchain\/[A-Za-z0-9._-]+$/, "must be a file directly under /etc/pantheonchain");

// A string of config.toml and a value of dpdk.conf alike: no quotes, no comments, no line ends.
const word = () => text(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be one word of letters, digits and . _ : / -");

const ADDRESS_RULE =
  "must be the address of one host such as 10.78.0.1 or, in lowercase and as short as can be, fd00:78::1";
const IPV6_RULE = "must be the IPv6 address of one host, in lowercase and as short as can be, such as fd00:78::1";
const ROUTER_RULE =
  "must be the address of a router such as 10.78.0.254 or, in lowercase and as short as can be, fe80::1";

// The pattern is what an editor can check while somebody writes; what it lets through is looked at more closely.
const address = (rule: string, isRight: (text: string) => boolean, pattern = /^[0-9a-f.:]{2,39}$/) =>
  text(pattern, rule).refine(isRight, rule);

const hostAddress = () => address(ADDRESS_RULE, (value) => parseAddress(value) !== null);
const ipv6Address = () => address(IPV6_RULE, (value) => parseAddress(value)?.family === 6, /^[0-9a-f:]{2,39}$/);
const routerAddress = () => address(ROUTER_RULE, (value) => parseRouter(value) !== null);

// Ports that need no privilege, 1024 to 65535; a Unix socket's path has 107 bytes at most (unix(7)).
const BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const HIGH_PORT =
  "(102[4-9]|10[3-9]\\d|1[1-9]\\d\\d|[2-9]\\d{3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])";
const SOCKET_PATH = "(?=.{1,107}$)(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+";

const listenAddress = () =>
  text(
    new RegExp(`^(${BYTE}(\\.${BYTE}){3}:${HIGH_PORT}|${SOCKET_PATH})$`),
    "must be an IPv4 address and a port above 1023 such as 127.0.0.1:9464, or the path of a socket",
  );

const aSecond = (least: number, fallback: number) => count(least, 1_000_000_000).default(fallback);

const limits = z
  .strictObject({
    messages: field(
      aSecond(20, 100),
      "Probes, replies and hellos. A peer that keeps to the protocol sends 20: ten probes and ten replies.",
      { unit: "a second and peer", reboot: false, example: 100 },
    ),
    consensusMessages: field(
      aSecond(0, 10_000),
      "Shreds, repairs and votes. A block of 2 MiB is 1,800 shreds, which may come from one peer within a slot of 400 ms.",
      { unit: "a second and peer", reboot: false, example: 10_000 },
    ),
    transactions: field(
      aSecond(0, 125_000),
      "Transactions. One peer alone may bring what the guide's figures are about.",
      {
        unit: "a second and peer",
        reboot: false,
        example: 125_000,
      },
    ),
    echoes: field(aSecond(0, 1_000), "Echoes, by which pantheon-bench measures; 0 answers none.", {
      unit: "a second and peer",
      reboot: false,
      example: 1_000,
    }),
  })
  .meta({
    description:
      "What one peer may send a second ([network.limits] of config.toml); what is above is dropped and counted.",
  });

const metrics = z
  .strictObject({
    listen: field(
      listenAddress().default("/run/pantheonchain/metrics.sock"),
      "Where GET /metrics and GET /healthz are answered, without authentication: the path of a Unix socket of the service's user and " +
        "group, or an IPv4 address with its port. The service has no network but its ports, so there it is a path; " +
        "systemd-socket-proxyd brings it to an address.",
      { reboot: false, example: "127.0.0.1:9464" },
    ),
  })
  .meta({
    description: "The data plane's counters for Prometheus ([metrics] of config.toml); left out, nobody can ask.",
  });

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

const network = z
  .strictObject({
    maxPeers: field(count(1, 100_000).default(500), "Peers at most.", { unit: "peers", reboot: false, example: 500 }),
    maxPendingPeers: field(count(1, 100_000).default(100), "Peers at most that are still shaking hands.", {
      unit: "peers",
      reboot: false,
      example: 100,
    }),
    connectionTimeout: field(count(1, 3600).default(30), "Time that a connection may take to come about.", {
      unit: "s",
      reboot: false,
      example: 30,
    }),
    protocolVersion: field(word().default("1.0"), "Version of the peer-to-peer protocol.", {
      reboot: false,
      example: "1.0",
    }),
    networkId: field(word(), "Which chain the node belongs to.", { reboot: false, example: "pantheon-mainnet" }),
    address: field(
      hostAddress().optional(),
      "Address of port 0, IPv4 or IPv6. Every other node of the file with the same networkId and an address is a peer; left out, the " +
        "node opens its ports and talks to nobody, unless it has address6.",
      { reboot: false, example: "10.78.0.1" },
    ),
    address6: field(
      ipv6Address().optional(),
      "IPv6 address of port 0 beside an IPv4 one. Two nodes talk over the first address whose family both have.",
      { reboot: false, example: "fd00:78::1" },
    ),
    prefix: field(
      count(1, 128).optional(),
      "How many bits all addresses on the link of port 0 share with `address`: 24 of 10.78.0.1 is 10.78.0.0 to 10.78.0.255. Left out, " +
        "every address is on the link.",
      { unit: "bits", reboot: false, example: 24 },
    ),
    gateway: field(
      routerAddress().optional(),
      "Router on the link that leads to peers outside of `prefix`, of the family of `address`. The kernel's own routes do not count: " +
        "a port of DPDK is not in them.",
      { reboot: false, example: "10.78.0.254" },
    ),
    prefix6: field(count(1, 128).optional(), "The same as `prefix`, of `address6`.", {
      unit: "bits",
      reboot: false,
      example: 64,
    }),
    gateway6: field(routerAddress().optional(), "The same as `gateway`, of `address6`; mostly a link-local address.", {
      reboot: false,
      example: "fe80::1",
    }),
    exceptionPath: field(
      text(
        /^[A-Za-z][A-Za-z0-9._-]{0,14}$/,
        "must be the name of a network interface, 15 letters at most, such as pantheon0",
      ).optional(),
      "TAP interface to which everything goes that reaches port 0, or either port of a bond, and is not the data plane's (ICMP, TCP, " +
        "other UDP ports), and back; the kernel's addresses on it are the operator's. Left out, such frames are dropped. " +
        "The program makes it with CAP_NET_ADMIN; " +
        "without, one must be there that is its user's: `ip tuntap add dev pantheon0 mode tap user USER`.",
      { reboot: false, example: "pantheon0" },
    ),
    port: field(count(1024, 65_535).default(30_900), "UDP port of the peer-to-peer protocol.", {
      reboot: false,
      example: 30900,
    }),
    ipv6: field(z.boolean().default(true), "Speak IPv6.", { reboot: false, example: true }),
    ipv6Offload: field(z.boolean().default(false), "Let the NIC compute checksums of IPv6.", {
      reboot: false,
      example: false,
    }),
  })
  .meta({ description: "[network] of config.toml." });

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
