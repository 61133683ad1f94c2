import type { CpuSet } from "./cpu-set";

/** Where data planes listen, where nothing else is said: on pods, and what security groups let in. */
export const UDP_PORT = 30900;

/** config.toml, value by value. Null leaves a key out. */
export interface ConfigToml {
  readonly network: {
    readonly dpdkConfig: string;
    readonly maxPeers: number;
    readonly maxPendingPeers: number;
    /** s. */
    readonly connectionTimeout: number;
    readonly protocolVersion: string;
    readonly networkId: string;
    readonly ipv6Enabled: boolean | null;
    readonly dpdkIpv6Offload: boolean | null;
    /** Addresses and UDP port of port 0: one of either family, then one of IPv6. Both null: it talks to nobody. */
    readonly listenAddress: string | null;
    readonly listenAddress6: string | null;
    readonly listenPort: number | null;
    /** How many bits all addresses on the link share with listenAddress, and who leads to the others; null: all are on it. */
    readonly listenPrefix: number | null;
    readonly gateway: string | null;
    readonly listenPrefix6: number | null;
    readonly gateway6: string | null;
    /** TAP interface to which everything goes that is not the data plane's; null: it is dropped. */
    readonly exceptionPath: string | null;
  };
  readonly dpdk: {
    readonly pollMode: "busy-wait" | "adaptive";
    readonly cpuCores: CpuSet;
    readonly rxRingSize: number;
    readonly txRingSize: number;
    readonly burstSize: number;
    readonly rssEnabled: boolean;
    readonly rssQueues: number;
    readonly zeroCopyEnabled: boolean;
    readonly directIoEnabled: boolean;
  };
  readonly performance: {
    readonly networkThreads: number;
    readonly consensusThreads: number;
    readonly txPoolThreads: number;
  };
  /** What one peer may send a second; null: the program's own limits. */
  readonly limits: ConfigLimits | null;
  /** Where a profile is written; null turns profiling off. */
  readonly profileOutput: string | null;
  /** Where Prometheus asks: an address with its port, or the path of a Unix socket; null: nobody does. */
  readonly metricsListen: string | null;
  readonly peers: readonly ConfigPeer[];
}

/** Datagrams a second of one peer that are worked on. */
export interface ConfigLimits {
  readonly messages: number;
  readonly consensusMessages: number;
  readonly transactions: number;
  readonly echoes: number;
}

/** Another node that frames are exchanged with. */
export interface ConfigPeer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Null: pantheon-node asks for it (ARP, NDP), or sends through the gateway. */
  readonly mac: string | null;
}

type TomlValue = string | number | boolean | readonly number[] | null;

/** The text of config.toml: tables and keys in a fixed order. */
export function renderConfigToml(config: ConfigToml): string {
  const { network, dpdk, performance, limits, profileOutput, metricsListen, peers } = config;
  const tables = [
    table("network", {
      dpdk_enabled: true,
      dpdk_config: network.dpdkConfig,
      max_peers: network.maxPeers,
      max_pending_peers: network.maxPendingPeers,
      connection_timeout: network.connectionTimeout,
      protocol_version: network.protocolVersion,
      network_id: network.networkId,
      ipv6_enabled: network.ipv6Enabled,
      dpdk_ipv6_offload: network.dpdkIpv6Offload,
      listen_address: network.listenAddress,
      listen_address6: network.listenAddress6,
      listen_port: network.listenPort,
      listen_prefix: network.listenPrefix,
      gateway: network.gateway,
      listen_prefix6: network.listenPrefix6,
      gateway6: network.gateway6,
      exception_path: network.exceptionPath,
    }),
    table("network.dpdk", {
      poll_mode: dpdk.pollMode,
      cpu_cores: dpdk.cpuCores,
      rx_ring_size: dpdk.rxRingSize,
      tx_ring_size: dpdk.txRingSize,
      burst_size: dpdk.burstSize,
      rss_enabled: dpdk.rssEnabled,
      rss_queues: dpdk.rssQueues,
      zero_copy_enabled: dpdk.zeroCopyEnabled,
      direct_io_enabled: dpdk.directIoEnabled,
    }),
    table("performance", {
      network_threads: performance.networkThreads,
      consensus_threads: performance.consensusThreads,
      tx_pool_threads: performance.txPoolThreads,
    }),
  ];
  if (limits !== null) tables.push(limitsTable(limits));
  if (profileOutput !== null) tables.push(table("debug", { enable_profiling: true, profile_output: profileOutput }));
  if (metricsListen !== null) tables.push(table("metrics", { listen: metricsListen }));
  for (const peer of peers) tables.push(table("[network.peers]", { ...peer }));
  return tables.join("\n");
}

function limitsTable({ messages, consensusMessages, transactions, echoes }: ConfigLimits): string {
  return table("network.limits", { messages, consensus_messages: consensusMessages, transactions, echoes });
}

function table(name: string, values: Readonly<Record<string, TomlValue>>): string {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [`${key} = ${tomlText(value)}\n`],
  );
  return `[${name}]\n${lines.join("")}`;
}

// The escapes of a JSON string are all escapes of a TOML basic string too.
function tomlText(value: Exclude<TomlValue, null>): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}
