import { type ConfigPeer, type ConfigToml, renderConfigToml, UDP_PORT } from "../host/config-toml";
import type { CpuSet } from "../host/cpu-set";
import { type DataPlane, dataPlaneMistakes, mbufsNeeded, mempoolSizeFor } from "../host/data-plane";
import { type DpdkConf, renderDpdkConf } from "../host/dpdk-conf";
import { quantityKiB } from "../host/quantity";
import { KubernetesError } from "./errors";
import { variableOf, xdpArguments } from "./nic-mode";
import type { DpdkWorkloadArgs, WorkloadNode } from "./workload-args";
import { CPUS, DESCRIPTORS, METRICS_PORT } from "./workload-defaults";

/** Where the files are in the container. */
export const FOLDER = "/etc/pantheonchain";
export const HUGEPAGES = "/dev/hugepages";

/**
 * The files of all pods, by name: dpdk.conf, and a config.toml for each, named as its pod is (`node` of a Deployment). CPUs and functions are the kubelet's to choose when a pod
 * starts, so both are counted among the pod's own (`pantheon-node --in-pod`).
 *
 * @throws KubernetesError where the pair cannot work: the first reason.
 */
export function podFiles(name: string, args: DpdkWorkloadArgs): Record<string, string> {
  const dpdkConf = confOf(args);
  const podName = (index: number) => (args.kind === "Deployment" ? "node" : `${name}-${index}`);
  const peers = [
    ...args.nodes.map((node, index) => peerOf(podName(index), node, args)),
    ...(args.dataPlane.peers ?? []).map((peer) => ({ ...peer, mac: null })),
  ];
  const files = args.nodes.map((node, index) => {
    const own = podName(index);
    const others = peers.filter((peer): peer is ConfigPeer => peer !== null && peer.name !== own);
    const toml = tomlOf(node, args, dpdkConf.global.lcores, others);
    refuseMistakes(own, {
      dpdkConfPath: `${FOLDER}/dpdk.conf`,
      configTomlPath: `${FOLDER}/${own}.toml`,
      dpdkConf,
      configToml: toml,
      endpoint: null,
    });
    return [`${own}.toml`, renderConfigToml(toml)] as const;
  });
  return { "dpdk.conf": renderDpdkConf(dpdkConf), ...Object.fromEntries(files) };
}

function refuseMistakes(pod: string, plane: DataPlane): void {
  const [mistake] = dataPlaneMistakes(plane, null);
  if (mistake !== undefined)
    throw new KubernetesError(`${pod}: ${mistake.key}: found ${mistake.value}`, mistake.remedy);
}

function confOf({ nic, hugepages, cpus = CPUS, dataPlane }: DpdkWorkloadArgs): DpdkConf {
  const { descriptors = DESCRIPTORS } = dataPlane;
  const count = nic.count ?? 1;
  const size = hugepages.size === "1Gi" ? "1G" : "2M";
  const kiB = quantityKiB(hugepages.amount) ?? 0;
  const variable = variableOf(nic.resource);
  const hasXdp = nic.mode === "af-xdp";
  const sized = (mempoolSize: number): DpdkConf => ({
    global: {
      lcores: Array.from({ length: cpus - 1 }, (_, index) => index + 1),
      memoryChannels: 4,
      processType: "primary",
      moreEalArguments: [`--huge-dir=${HUGEPAGES}`, ...(hasXdp ? xdpArguments(nic.networks ?? []) : [])],
    },
    memory: {
      hugepageSize: size,
      numHugepages: kiB / (size === "1G" ? 1024 ** 2 : 2048),
      socketMem: [Math.floor(kiB / 1024)],
    },
    ports: {
      numPorts: count,
      list: Array.from({ length: count }, (_, index) => ({
        pci: hasXdp ? `net_af_xdp${index}` : `$${variable}[${index}]`,
        queues: 1,
        rxDesc: descriptors,
        txDesc: descriptors,
      })),
    },
    performance: { rxQueuesPerPort: 1, txQueuesPerPort: 1, burstSize: 32, mempoolCacheSize: 256, mempoolSize },
    advanced: {
      enableJumboFrames: false,
      maxRxPktLen: 1518,
      enableHwChecksum: true,
      enableRss: false,
      rssQueues: null,
      rssHashKey: "auto",
    },
    bonding: null,
  });
  return sized(mempoolSizeFor(mbufsNeeded(sized(0))));
}

function tomlOf(node: WorkloadNode, args: DpdkWorkloadArgs, lcores: CpuSet, peers: readonly ConfigPeer[]): ConfigToml {
  const { dataPlane, nic } = args;
  const [address = null, prefix = null] = node.address?.split("/") ?? [];
  const descriptors = dataPlane.descriptors ?? DESCRIPTORS;
  return {
    network: {
      dpdkConfig: `${FOLDER}/dpdk.conf`,
      maxPeers: 500,
      maxPendingPeers: 100,
      connectionTimeout: 30,
      protocolVersion: "1.0",
      networkId: dataPlane.networkId,
      ipv6Enabled: null,
      dpdkIpv6Offload: null,
      listenAddress: address,
      listenAddress6: null,
      listenPort: address === null ? null : (dataPlane.port ?? UDP_PORT),
      listenPrefix: prefix === null ? null : Number(prefix),
      gateway: null,
      listenPrefix6: null,
      gateway6: null,
      exceptionPath: null,
    },
    dpdk: {
      pollMode: dataPlane.pollMode ?? "busy-wait",
      cpuCores: lcores,
      rxRingSize: descriptors,
      txRingSize: descriptors,
      burstSize: 32,
      rssEnabled: false,
      rssQueues: 1,
      zeroCopyEnabled: true,
      directIoEnabled: true,
    },
    performance: {
      networkThreads: nic.count ?? 1,
      consensusThreads: dataPlane.consensusThreads ?? 0,
      txPoolThreads: dataPlane.transactionPoolThreads ?? 0,
    },
    limits: null,
    profileOutput: null,
    metricsListen: `0.0.0.0:${dataPlane.metricsPort ?? METRICS_PORT}`,
    peers,
  };
}

function peerOf(name: string, node: WorkloadNode, { dataPlane }: DpdkWorkloadArgs): ConfigPeer | null {
  const address = node.address?.split("/")[0];
  return address === undefined ? null : { name, address, port: dataPlane.port ?? UDP_PORT, mac: null };
}
