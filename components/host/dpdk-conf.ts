import { type CpuSet, formatCpuSet } from "./cpu-set";
import type { HugepageSize } from "./hugepages";

/** dpdk.conf, value by value, redundant ones included: what they mean together is checked by dataPlaneMistakes. */
export interface DpdkConf {
  readonly global: {
    readonly lcores: CpuSet;
    readonly memoryChannels: number;
    readonly processType: "primary" | "secondary" | "auto";
    readonly moreEalArguments: readonly string[];
  };
  readonly memory: {
    readonly hugepageSize: HugepageSize;
    readonly numHugepages: number;
    /** MB for each NUMA node. */
    readonly socketMem: readonly number[];
  };
  readonly ports: { readonly numPorts: number; readonly list: readonly DpdkPort[] };
  readonly performance: {
    readonly rxQueuesPerPort: number;
    readonly txQueuesPerPort: number;
    readonly burstSize: number;
    readonly mempoolCacheSize: number;
    readonly mempoolSize: number;
  };
  readonly advanced: {
    readonly enableJumboFrames: boolean;
    readonly maxRxPktLen: number;
    readonly enableHwChecksum: boolean;
    readonly enableRss: boolean;
    /** Null leaves the key out; the queues of a port then count. */
    readonly rssQueues: number | null;
    readonly rssHashKey: string;
  };
  readonly bonding: {
    readonly mode: string;
    readonly primaryPort: string;
    readonly secondaryPort: string;
    /** ms. */
    readonly linkMonitorInterval: number;
  } | null;
}

export interface DpdkPort {
  readonly pci: string;
  readonly queues: number;
  readonly rxDesc: number;
  readonly txDesc: number;
}

type Section = readonly [name: string, keys: readonly (readonly [key: string, value: string | number | boolean])[]];

/** The text of dpdk.conf: sections and keys in a fixed order, no comment behind a value. */
export function renderDpdkConf(conf: DpdkConf): string {
  const sections = [
    globalSection(conf),
    memorySection(conf),
    portsSection(conf),
    performanceSection(conf),
    advancedSection(conf),
  ];
  if (conf.bonding) {
    const { mode, primaryPort, secondaryPort, linkMonitorInterval } = conf.bonding;
    const keys: Section[1] = [
      ["enabled", true],
      ["mode", mode],
      ["primary-port", primaryPort],
      ["secondary-port", secondaryPort],
      ["link-monitor-interval", linkMonitorInterval],
    ];
    sections.push(["bonding", keys]);
  }
  const texts = sections.map(
    ([name, keys]) => `[${name}]\n${keys.map(([key, value]) => `${key} = ${value}\n`).join("")}`,
  );
  return texts.join("\n");
}

function globalSection({ global }: DpdkConf): Section {
  const own = ["-l", formatCpuSet(global.lcores), "-n", global.memoryChannels, `--proc-type=${global.processType}`];
  return ["global", [["eal-args", [...own, ...global.moreEalArguments].join(" ")]]];
}

function memorySection({ memory }: DpdkConf): Section {
  return [
    "memory",
    [
      ["hugepage-size", memory.hugepageSize],
      ["num-hugepages", memory.numHugepages],
      ["socket-mem", memory.socketMem.join(",")],
    ],
  ];
}

function portsSection({ ports }: DpdkConf): Section {
  const list = ports.list.flatMap((port, index): Section[1] => [
    [`port-${index}-pci`, port.pci],
    [`port-${index}-queues`, port.queues],
    [`port-${index}-rx-desc`, port.rxDesc],
    [`port-${index}-tx-desc`, port.txDesc],
  ]);
  return ["ports", [["num-ports", ports.numPorts], ...list]];
}

function performanceSection({ performance }: DpdkConf): Section {
  return [
    "performance",
    [
      ["rx-queues-per-port", performance.rxQueuesPerPort],
      ["tx-queues-per-port", performance.txQueuesPerPort],
      ["burst-size", performance.burstSize],
      ["mempool-cache-size", performance.mempoolCacheSize],
      ["mempool-size", performance.mempoolSize],
    ],
  ];
}

function advancedSection({ advanced }: DpdkConf): Section {
  const rssQueues: Section[1] = advanced.rssQueues === null ? [] : [["rss-queues", advanced.rssQueues]];
  return [
    "advanced",
    [
      ["enable-jumbo-frames", advanced.enableJumboFrames],
      ["max-rx-pkt-len", advanced.maxRxPktLen],
      ["enable-hw-checksum", advanced.enableHwChecksum],
      ["enable-rss", advanced.enableRss],
      ...rssQueues,
      ["rss-hash-key", advanced.rssHashKey],
    ],
  ];
}
