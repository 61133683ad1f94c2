import { addressMistakes, peerMistakes } from "./addresses";
import type { ConfigToml } from "./config-toml";
import { type CpuSet, difference, formatCpuSet } from "./cpu-set";
import type { DpdkConf } from "./dpdk-conf";
import { HUGEPAGE_KIB } from "./hugepages";

/** The two files of the data plane and where they belong. */
export interface DataPlane {
  readonly dpdkConfPath: string;
  readonly configTomlPath: string;
  readonly dpdkConf: DpdkConf;
  readonly configToml: ConfigToml;
  /** Where peers reach this node, by its first address where they can; null where it talks to nobody. */
  readonly endpoint: { readonly addresses: readonly string[]; readonly port: number; readonly mac: string } | null;
}

/** What the node offers; null where the pair is judged by itself. */
export interface DataPlaneNode {
  readonly isolated: CpuSet;
  /** MB of hugepages of the data plane's size on each NUMA node. */
  readonly hugepageMB: readonly number[];
  /** NUMA nodes of the ports, -1 where unknown. */
  readonly portNumaNodes: readonly number[];
}

/** One reason why the pair cannot work. */
export interface DataPlaneMistake {
  /** `dpdk.conf [performance] mempool-size`. */
  readonly key: string;
  readonly value: string | number | boolean;
  readonly remedy: string;
}

/** Everything that is wrong with the pair; empty where it can start. */
export function dataPlaneMistakes(plane: DataPlane, node: DataPlaneNode | null): DataPlaneMistake[] {
  const { dpdkConf, configToml } = plane;
  return [
    ...portMistakes(dpdkConf),
    ...mempoolMistakes(dpdkConf),
    ...memoryMistakes(dpdkConf, node),
    ...threadMistakes(dpdkConf, configToml),
    ...disagreements(plane),
    ...addressMistakes(configToml),
    ...peerMistakes(configToml),
    ...(node === null ? [] : placeMistakes(dpdkConf, node)),
  ];
}

/**
 * Packet buffers that queues, bursts and caches can hold at once: the formula of DPDK's l3fwd (examples/l3fwd/main.c,
 * NB_MBUF).
 */
export function mbufsNeeded(conf: DpdkConf): number {
  const { performance, global, ports } = conf;
  const held = ports.list.map(
    (port) => port.queues * (port.rxDesc + port.txDesc) + global.lcores.length * performance.burstSize,
  );
  return held.reduce((sum, mbufs) => sum + mbufs, 0) + global.lcores.length * performance.mempoolCacheSize;
}

/**
 * A mempool keeps its objects in a ring of a power of two, one slot of it unused (rte_mempool.h): 2^q - 1 wastes
 * nothing.
 */
export function mempoolSizeFor(mbufs: number): number {
  return 2 ** Math.ceil(Math.log2(mbufs + 1)) - 1;
}

/**
 * Bytes of one packet buffer: rte_mbuf (128), headroom (128), data room (2,048, or the whole frame, as no PMD is asked
 * to scatter; in whole KiB, as cards of Intel take it), and the mempool's own header (64).
 */
export function mbufBytes(maxRxPktLen: number): number {
  return 128 + 128 + Math.max(2048, Math.ceil(maxRxPktLen / 1024) * 1024) + 64;
}

function portMistakes({ ports, performance, bonding }: DpdkConf): DataPlaneMistake[] {
  const mistakes: DataPlaneMistake[] = [];
  const say = (key: string, value: string | number, remedy: string) =>
    mistakes.push({ key: `dpdk.conf ${key}`, value, remedy });
  const { length } = ports.list;
  if (ports.numPorts !== length)
    say("[ports] num-ports", ports.numPorts, `${length} ports are described; write ${length}`);
  ports.list.forEach((port, index) => {
    if (ports.list.findIndex((other) => other.pci === port.pci) !== index) {
      say(`[ports] port-${index}-pci`, port.pci, "is another port's address already; give each port one of its own");
    }
    if (port.queues !== performance.rxQueuesPerPort) {
      say(
        "[performance] rx-queues-per-port",
        performance.rxQueuesPerPort,
        `port ${index} has ${port.queues} queues; write the same number`,
      );
    }
    if (port.queues !== performance.txQueuesPerPort) {
      say(
        "[performance] tx-queues-per-port",
        performance.txQueuesPerPort,
        `port ${index} has ${port.queues} queues; write the same number`,
      );
    }
    if (performance.burstSize > Math.min(port.rxDesc, port.txDesc)) {
      say(
        "[performance] burst-size",
        performance.burstSize,
        `a queue of port ${index} has fewer descriptors; take a smaller burst`,
      );
    }
  });
  for (const [key, pci] of bonding
    ? [["primary-port", bonding.primaryPort] as const, ["secondary-port", bonding.secondaryPort] as const]
    : []) {
    if (!ports.list.some((port) => port.pci === pci))
      say(`[bonding] ${key}`, pci, "is no port of [ports]; name one of them");
  }
  if (bonding && bonding.primaryPort === bonding.secondaryPort) {
    say("[bonding] secondary-port", bonding.secondaryPort, "is the primary port; failover needs two");
  }
  return mistakes;
}

function mempoolMistakes(conf: DpdkConf): DataPlaneMistake[] {
  const { performance, ports, advanced } = conf;
  const mistakes: DataPlaneMistake[] = [];
  const needed = mbufsNeeded(conf);
  if (performance.mempoolSize < needed) {
    const queues = ports.list
      .map((port) => `${port.queues} queues of ${port.rxDesc} + ${port.txDesc} descriptors`)
      .join(", ");
    const remedy = `${queues} with bursts and caches hold ${needed} mbufs; write ${mempoolSizeFor(needed)}`;
    mistakes.push({ key: "dpdk.conf [performance] mempool-size", value: performance.mempoolSize, remedy });
  }
  // rte_mempool_create: the flush threshold is one and a half times the cache.
  if (performance.mempoolCacheSize * 1.5 > performance.mempoolSize) {
    const remedy = `must be at most two thirds of mempool-size ${performance.mempoolSize}`;
    mistakes.push({ key: "dpdk.conf [performance] mempool-cache-size", value: performance.mempoolCacheSize, remedy });
  }
  if (advanced.maxRxPktLen > 1518 && !advanced.enableJumboFrames) {
    const remedy = "frames above 1518 bytes need enable-jumbo-frames = true";
    mistakes.push({ key: "dpdk.conf [advanced] max-rx-pkt-len", value: advanced.maxRxPktLen, remedy });
  }
  return mistakes;
}

function memoryMistakes(conf: DpdkConf, node: DataPlaneNode | null): DataPlaneMistake[] {
  const { memory, performance, advanced } = conf;
  const mistakes: DataPlaneMistake[] = [];
  const say = (key: string, value: string | number, remedy: string) =>
    mistakes.push({ key: `dpdk.conf [memory] ${key}`, value, remedy });
  const pageMB = HUGEPAGE_KIB[memory.hugepageSize] / 1024;
  const socketMem = memory.socketMem.join(",");
  const asked = memory.socketMem.reduce((sum, mb) => sum + mb, 0);
  if (asked === 0) say("socket-mem", socketMem, "asks for no memory at all; give at least one NUMA node some");
  if (memory.socketMem.some((mb) => mb % pageMB !== 0)) {
    say("socket-mem", socketMem, `must be multiples of a page, ${pageMB} MB`);
  }
  if (asked > memory.numHugepages * pageMB) {
    say("num-hugepages", memory.numHugepages, `socket-mem asks for ${asked} MB; write ${Math.ceil(asked / pageMB)}`);
  }
  const poolMB = Math.ceil((performance.mempoolSize * mbufBytes(advanced.maxRxPktLen)) / 1024 / 1024);
  const known = node === null ? [] : node.portNumaNodes.filter((id) => id >= 0);
  const rooms = known.length > 0 ? known.map((id) => memory.socketMem[id] ?? 0) : [Math.max(...memory.socketMem)];
  if (asked > 0 && Math.min(...rooms) < poolMB) {
    const where =
      known.length > 0 ? `on NUMA node ${[...new Set(known)].join(" and ")}, where the ports are` : "on one NUMA node";
    say("socket-mem", socketMem, `the mempool of ${performance.mempoolSize} mbufs needs ${poolMB} MB ${where}`);
  }
  return mistakes;
}

function threadMistakes({ global, ports }: DpdkConf, { dpdk, performance }: ConfigToml): DataPlaneMistake[] {
  const mistakes: DataPlaneMistake[] = [];
  const { networkThreads, consensusThreads, txPoolThreads } = performance;
  const threads = networkThreads + consensusThreads + txPoolThreads;
  if (threads > dpdk.cpuCores.length) {
    const sum = `network_threads ${networkThreads} + consensus_threads ${consensusThreads} + tx_pool_threads ${txPoolThreads}`;
    const remedy =
      `${sum} = ${threads} on ${dpdk.cpuCores.length} cores; ` +
      `a polling thread needs a core of its own, ${dpdk.cpuCores.length} at most`;
    mistakes.push({ key: "config.toml [performance]", value: threads, remedy });
  }
  const queues = ports.list.reduce((sum, port) => sum + port.queues, 0);
  if (networkThreads > queues) {
    const remedy = `there are ${queues} queues to poll; the other threads would have none`;
    mistakes.push({ key: "config.toml [performance] network_threads", value: networkThreads, remedy });
  }
  if (formatCpuSet(global.lcores) !== formatCpuSet(dpdk.cpuCores)) {
    const remedy = `must be the lcores of eal-args, ${formatCpuSet(global.lcores)}`;
    mistakes.push({ key: "config.toml [network.dpdk] cpu_cores", value: formatCpuSet(dpdk.cpuCores), remedy });
  }
  return mistakes;
}

/** What stands in both files must be the same in both. */
function disagreements({ dpdkConf, dpdkConfPath, configToml }: DataPlane): DataPlaneMistake[] {
  const { performance, ports, advanced } = dpdkConf;
  const { dpdk, network } = configToml;
  const mistakes: DataPlaneMistake[] = [];
  const same = (key: string, value: string | number | boolean, theirs: string | number | boolean, where: string) => {
    if (value !== theirs)
      mistakes.push({ key: `config.toml ${key}`, value, remedy: `${where} says ${theirs}; write the same` });
  };
  same("[network] dpdk_config", network.dpdkConfig, dpdkConfPath, "the place of dpdk.conf");
  same("[network.dpdk] burst_size", dpdk.burstSize, performance.burstSize, "dpdk.conf burst-size");
  same("[network.dpdk] rss_enabled", dpdk.rssEnabled, advanced.enableRss, "dpdk.conf enable-rss");
  if (advanced.enableRss)
    same("[network.dpdk] rss_queues", dpdk.rssQueues, performance.rxQueuesPerPort, "dpdk.conf rx-queues-per-port");
  ports.list.forEach((port, index) => {
    same("[network.dpdk] rx_ring_size", dpdk.rxRingSize, port.rxDesc, `dpdk.conf port-${index}-rx-desc`);
    same("[network.dpdk] tx_ring_size", dpdk.txRingSize, port.txDesc, `dpdk.conf port-${index}-tx-desc`);
  });
  if (advanced.rssQueues !== null && advanced.rssQueues !== performance.rxQueuesPerPort) {
    const remedy = `rx-queues-per-port says ${performance.rxQueuesPerPort}; write the same`;
    mistakes.push({ key: "dpdk.conf [advanced] rss-queues", value: advanced.rssQueues, remedy });
  }
  return mistakes;
}

/** What the pair takes must be there on the node. */
function placeMistakes({ global, memory }: DpdkConf, node: DataPlaneNode): DataPlaneMistake[] {
  const mistakes: DataPlaneMistake[] = [];
  const foreign = difference(global.lcores, node.isolated);
  if (foreign.length > 0) {
    const remedy = `CPU ${formatCpuSet(foreign)} is not isolated; take lcores out of ${formatCpuSet(node.isolated)}`;
    mistakes.push({ key: "dpdk.conf [global] eal-args", value: `-l ${formatCpuSet(global.lcores)}`, remedy });
  }
  const value = memory.socketMem.join(",");
  const key = "dpdk.conf [memory] socket-mem";
  if (memory.socketMem.length !== node.hugepageMB.length) {
    mistakes.push({
      key,
      value,
      remedy: `the node has ${node.hugepageMB.length} NUMA nodes; give one number for each`,
    });
  } else if (memory.socketMem.some((mb, id) => mb > (node.hugepageMB[id] ?? 0))) {
    const remedy = `the node has ${node.hugepageMB.join(",")} MB of hugepages of ${memory.hugepageSize}; ask for no more`;
    mistakes.push({ key, value, remedy });
  }
  return mistakes;
}
