import { parse as parseToml } from "smol-toml";
import type { ConfigPeer, ConfigToml } from "./config-toml";
import { parseCpuSet } from "./cpu-set";
import type { DataPlane } from "./data-plane";
import type { DpdkConf } from "./dpdk-conf";
import { seedPair } from "./seed-pair.fixture";

/** Sections and keys of an INI text, comments dropped. */
export function readIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split("\n").map((raw) => raw.replace(/#.*/, "").trim())) {
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = {};
      sections[name] = section;
    }
    const pair = /^(\S+) = (.+)$/.exec(line);
    if (pair) section[pair[1] as string] = pair[2] as string;
  }
  return sections;
}

/** A pair as its two texts say it; of config.toml the parts that are judged, the rest is the seed's. */
export function readPair(dpdkConf: string, configToml: string): DataPlane {
  return { ...seedPair, dpdkConf: readDpdkConf(dpdkConf), configToml: readConfigToml(configToml) };
}

function readDpdkConf(text: string): DpdkConf {
  const { global, memory, ports, performance, advanced, bonding } = readIni(text);
  const number = (section: Record<string, string> | undefined, key: string) => Number(section?.[key]);
  const numPorts = Object.keys(ports ?? {}).filter((key) => /^port-\d+-pci$/.test(key)).length;
  return {
    global: {
      ...seedPair.dpdkConf.global,
      lcores: parseCpuSet(/-l (\S+)/.exec(global?.["eal-args"] ?? "")?.[1] ?? "") ?? [],
    },
    memory: {
      hugepageSize: memory?.["hugepage-size"] === "2M" ? "2M" : "1G",
      numHugepages: number(memory, "num-hugepages"),
      socketMem: (memory?.["socket-mem"] ?? "").split(",").map(Number),
    },
    ports: {
      numPorts: number(ports, "num-ports"),
      list: Array.from({ length: numPorts }, (_, port) => ({
        pci: ports?.[`port-${port}-pci`] ?? "",
        queues: number(ports, `port-${port}-queues`),
        rxDesc: number(ports, `port-${port}-rx-desc`),
        txDesc: number(ports, `port-${port}-tx-desc`),
      })),
    },
    performance: {
      rxQueuesPerPort: number(performance, "rx-queues-per-port"),
      txQueuesPerPort: number(performance, "tx-queues-per-port"),
      burstSize: number(performance, "burst-size"),
      mempoolCacheSize: number(performance, "mempool-cache-size"),
      mempoolSize: number(performance, "mempool-size"),
    },
    advanced: {
      ...seedPair.dpdkConf.advanced,
      enableJumboFrames: advanced?.["enable-jumbo-frames"] === "true",
      maxRxPktLen: number(advanced, "max-rx-pkt-len"),
      enableRss: advanced?.["enable-rss"] === "true",
      rssQueues: advanced?.["rss-queues"] === undefined ? null : number(advanced, "rss-queues"),
    },
    bonding:
      bonding === undefined
        ? null
        : {
            mode: bonding.mode ?? "",
            primaryPort: bonding["primary-port"] ?? "",
            secondaryPort: bonding["secondary-port"] ?? "",
            linkMonitorInterval: number(bonding, "link-monitor-interval"),
          },
  };
}

interface Tables {
  network: { dpdk_config: string; dpdk: Record<string, unknown>; peers?: Partial<ConfigPeer>[] } & Partial<
    Record<"listen_address" | "listen_address6" | "gateway" | "gateway6" | "exception_path", string> &
      Record<"listen_port" | "listen_prefix" | "listen_prefix6", number> &
      Record<"ipv6_enabled", boolean>
  >;
  performance: Record<"network_threads" | "consensus_threads" | "tx_pool_threads", number>;
}

function readConfigToml(text: string): ConfigToml {
  const { network, performance } = parseToml(text) as unknown as Tables;
  return {
    ...seedPair.configToml,
    network: {
      ...seedPair.configToml.network,
      dpdkConfig: network.dpdk_config,
      ipv6Enabled: network.ipv6_enabled ?? null,
      listenAddress: network.listen_address ?? null,
      listenAddress6: network.listen_address6 ?? null,
      listenPort: network.listen_port ?? null,
      listenPrefix: network.listen_prefix ?? null,
      gateway: network.gateway ?? null,
      listenPrefix6: network.listen_prefix6 ?? null,
      gateway6: network.gateway6 ?? null,
      exceptionPath: network.exception_path ?? null,
    },
    peers: (network.peers ?? []).map(({ name = "", address = "", port = 0, mac = null }) => ({
      name,
      address,
      port,
      mac,
    })),
    dpdk: {
      ...seedPair.configToml.dpdk,
      cpuCores: network.dpdk.cpu_cores as number[],
      rxRingSize: Number(network.dpdk.rx_ring_size),
      txRingSize: Number(network.dpdk.tx_ring_size),
      burstSize: Number(network.dpdk.burst_size),
      rssEnabled: network.dpdk.rss_enabled === true,
      rssQueues: Number(network.dpdk.rss_queues),
    },
    performance: {
      networkThreads: performance.network_threads,
      consensusThreads: performance.consensus_threads,
      txPoolThreads: performance.tx_pool_threads,
    },
  };
}
