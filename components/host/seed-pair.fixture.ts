import type { DataPlane } from "./data-plane";

/**
 * The pair of the domain document as it stands there: a mempool of 8,192 for four queues of 4,096 descriptors, eight
 * threads on six cores. Tests start from it.
 */
export const seedPair: DataPlane = {
  dpdkConfPath: "/etc/pantheonchain/dpdk.conf",
  configTomlPath: "/etc/pantheonchain/config.toml",
  dpdkConf: {
    global: { lcores: [2, 3, 4, 5, 6, 7], memoryChannels: 4, processType: "primary", moreEalArguments: [] },
    memory: { hugepageSize: "1G", numHugepages: 8, socketMem: [4096, 4096] },
    ports: { numPorts: 1, list: [{ pci: "0000:01:00.0", queues: 4, rxDesc: 4096, txDesc: 4096 }] },
    performance: { rxQueuesPerPort: 4, txQueuesPerPort: 4, burstSize: 32, mempoolCacheSize: 256, mempoolSize: 8192 },
    advanced: {
      enableJumboFrames: true,
      maxRxPktLen: 9000,
      enableHwChecksum: true,
      enableRss: true,
      rssQueues: null,
      rssHashKey: "auto",
    },
    bonding: null,
  },
  configToml: {
    network: {
      dpdkConfig: "/etc/pantheonchain/dpdk.conf",
      maxPeers: 500,
      maxPendingPeers: 100,
      connectionTimeout: 30,
      protocolVersion: "1.0",
      networkId: "pantheon-mainnet",
      ipv6Enabled: null,
      dpdkIpv6Offload: null,
      listenAddress: null,
      listenAddress6: null,
      listenPort: null,
      listenPrefix: null,
      gateway: null,
      listenPrefix6: null,
      gateway6: null,
      exceptionPath: null,
    },
    dpdk: {
      pollMode: "busy-wait",
      cpuCores: [2, 3, 4, 5, 6, 7],
      rxRingSize: 4096,
      txRingSize: 4096,
      burstSize: 32,
      rssEnabled: true,
      rssQueues: 4,
      zeroCopyEnabled: true,
      directIoEnabled: true,
    },
    performance: { networkThreads: 4, consensusThreads: 2, txPoolThreads: 2 },
    profileOutput: null,
    limits: null,
    metricsListen: null,
    peers: [],
  },
  endpoint: null,
};
