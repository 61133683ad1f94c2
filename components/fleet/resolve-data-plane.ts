import type { ConfigToml } from "../host/config-toml";
import { CPU_ROLES } from "../host/cpu-roles";
import { type CpuSet, cpuSet } from "../host/cpu-set";
import { type DataPlane, mbufsNeeded, mempoolSizeFor } from "../host/data-plane";
import type { DpdkConf } from "../host/dpdk-conf";
import { HUGEPAGE_KIB } from "../host/hugepages";
import { nicKind } from "../host/nic-knowledge";
import { virtualFunctionAddress } from "../host/nics";
import type { FleetProblem } from "./errors";
import type { DataPlaneInput } from "./schema-data-plane";
import { suggestion } from "./suggest";
import type { FleetNode } from "./types";

type NodeBelow = Omit<FleetNode, "dataPlane" | "service">;
type ReadCpus = (text: string | number, path: readonly (string | number)[]) => CpuSet;

/** dpdk.conf and config.toml of a node; null where its ports or pages cannot be told. */
export function resolveDataPlane(
  input: DataPlaneInput,
  node: NodeBelow,
  cpus: ReadCpus,
  problems: FleetProblem[],
): DataPlane | null {
  const before = problems.length;
  const lcores = input.lcores === undefined ? roleCpus(node) : cpus(input.lcores, ["dataPlane", "lcores"]);
  const addresses = input.ports.map((port, index) => portAddress(port, index, node, problems));
  const memory = dataPlaneMemory(input, node, problems);
  const bonding = bondingOf(input, addresses, node, problems);
  if (memory === null || problems.length > before) return null;
  const sized = (mempoolSize: number): DpdkConf => ({
    global: {
      lcores,
      memoryChannels: input.memoryChannels,
      processType: input.processType,
      moreEalArguments: [
        ...hugepageFolder(input, memory, node),
        ...input.ealArguments,
        ...Object.entries(input.logLevels).map(([pattern, level]) => `--log-level=${pattern}:${level}`),
      ],
    },
    memory,
    ports: {
      numPorts: addresses.length,
      list: addresses.map((pci) => ({
        pci,
        queues: input.queues,
        rxDesc: input.rxDescriptors,
        txDesc: input.txDescriptors,
      })),
    },
    performance: {
      rxQueuesPerPort: input.queues,
      txQueuesPerPort: input.queues,
      burstSize: input.burstSize,
      mempoolCacheSize: input.mempoolCacheSize,
      mempoolSize,
    },
    advanced: {
      enableJumboFrames: input.jumboFrames,
      maxRxPktLen: input.maxRxPacketLength,
      enableHwChecksum: input.hardwareChecksum,
      enableRss: input.rss,
      rssQueues: input.rss ? input.queues : null,
      rssHashKey: input.rssHashKey,
    },
    bonding,
  });
  const dpdkConf = sized(input.mempoolSize ?? mempoolSizeFor(mbufsNeeded(sized(0))));
  return {
    dpdkConfPath: input.dpdkConf,
    configTomlPath: input.configToml,
    dpdkConf,
    configToml: configToml(input, lcores),
    endpoint: endpoint(input, node),
  };
}

/** The CPUs that have a role; all isolated ones where nobody gave any. */
function roleCpus({ cpus: { isolated, roles } }: NodeBelow): CpuSet {
  return roles === null ? isolated : cpuSet(CPU_ROLES.flatMap((role) => roles[role]));
}

/**
 * The mount that the node's pages are in. EAL would take the first hugetlbfs that it finds, which with systemd is /dev/hugepages,
 * root's own: met in the lab.
 */
function hugepageFolder(input: DataPlaneInput, memory: DpdkConf["memory"], node: NodeBelow): string[] {
  const mount = node.hugepages.find(({ size }) => size === memory.hugepageSize)?.mount.path;
  const own = /^--(huge-dir|in-memory|no-huge)(=|$)/;
  return mount === undefined || input.ealArguments.some((argument) => own.test(argument))
    ? []
    : [`--huge-dir=${mount}`];
}

function configToml(input: DataPlaneInput, lcores: CpuSet): ConfigToml {
  const { network, threads } = input;
  const silent = network.address === undefined && network.address6 === undefined;
  return {
    network: {
      dpdkConfig: input.dpdkConf,
      maxPeers: network.maxPeers,
      maxPendingPeers: network.maxPendingPeers,
      connectionTimeout: network.connectionTimeout,
      protocolVersion: network.protocolVersion,
      networkId: network.networkId,
      ipv6Enabled: network.ipv6,
      dpdkIpv6Offload: network.ipv6Offload,
      listenAddress: network.address ?? null,
      listenAddress6: network.address6 ?? null,
      listenPort: silent ? null : network.port,
      listenPrefix: network.prefix ?? null,
      gateway: network.gateway ?? null,
      listenPrefix6: network.prefix6 ?? null,
      gateway6: network.gateway6 ?? null,
      exceptionPath: network.exceptionPath ?? null,
    },
    dpdk: {
      pollMode: input.pollMode,
      cpuCores: lcores,
      rxRingSize: input.rxDescriptors,
      txRingSize: input.txDescriptors,
      burstSize: input.burstSize,
      rssEnabled: input.rss,
      rssQueues: input.rss ? input.queues : 1,
      zeroCopyEnabled: input.zeroCopy,
      directIoEnabled: input.directIo,
    },
    performance: {
      networkThreads: threads.network,
      consensusThreads: threads.consensus,
      txPoolThreads: threads.transactionPool,
    },
    profileOutput: input.profileOutput ?? null,
    limits: input.limits ?? null,
    metricsListen: input.metrics?.listen ?? null,
    peers: [], // told once every node is known
  };
}

/** Where other nodes reach this one: port 0 with the addresses that `network` gives it. */
function endpoint({ network, ports }: DataPlaneInput, node: NodeBelow): DataPlane["endpoint"] {
  const [first] = ports;
  const role = node.nics.find((nic) => nic.name === first?.nic);
  const mac =
    first?.virtualFunction === undefined
      ? node.hardware.nics.get(first?.nic ?? "")?.mac
      : role?.virtualFunctions[first.virtualFunction]?.mac;
  const addresses = [network.address, network.address6].filter((address) => address !== undefined);
  return addresses.length === 0 || mac === undefined ? null : { addresses, port: network.port, mac };
}

/** The secondary port takes the primary's MAC address, which a card lets a function do only where it trusts it. */
function trustMistakes(
  port: DataPlaneInput["ports"][number] | undefined,
  index: number,
  node: NodeBelow,
): FleetProblem[] {
  const role = node.nics.findIndex((nic) => nic.name === port?.nic);
  const wanted =
    port?.virtualFunction === undefined ? undefined : node.nics[role]?.virtualFunctions[port.virtualFunction];
  if (wanted === undefined || wanted.trust) return [];
  const remedy = `takes the primary's MAC address; write trust: true at nics[${role}].virtualFunctions[${port?.virtualFunction}]`;
  return [{ path: ["dataPlane", "bonding", "secondaryPort"], value: index, remedy }];
}

/** The PCI address that a port has once the NICs are as `nics` says; empty where it cannot be told. */
function portAddress(
  port: DataPlaneInput["ports"][number],
  index: number,
  node: NodeBelow,
  problems: FleetProblem[],
): string {
  const path = ["dataPlane", "ports", index];
  const refuse = (key: string, value: unknown, remedy: string): string => {
    problems.push({ path: [...path, key], value, remedy });
    return "";
  };
  const role = node.nics.find((nic) => nic.name === port.nic);
  const hardware = node.hardware.nics.get(port.nic);
  if (!role || !hardware) {
    return refuse(
      "nic",
      port.nic,
      `is not in the node's nics; ${suggestion(
        port.nic,
        node.nics.map((nic) => nic.name),
      )}`,
    );
  }
  if (port.virtualFunction === undefined) {
    // A bifurcated card is a port where it is, whether or not it has functions.
    return role.bind === null && nicKind(hardware).model !== "bifurcated"
      ? refuse(
          "virtualFunction",
          undefined,
          `is missing; ${port.nic} itself stays with the kernel, name one of its functions`,
        )
      : hardware.pci;
  }
  const wanted = role.virtualFunctions[port.virtualFunction];
  if (wanted === undefined) {
    return refuse(
      "virtualFunction",
      port.virtualFunction,
      `${port.nic} has ${role.virtualFunctions.length} virtual functions, counted from 0`,
    );
  }
  if (hardware.sriov === null) {
    return refuse(
      "virtualFunction",
      port.virtualFunction,
      `has no known address; write hardware.nics.${port.nic}.sriov`,
    );
  }
  return virtualFunctionAddress(hardware.pci, hardware.sriov, port.virtualFunction);
}

function dataPlaneMemory(input: DataPlaneInput, node: NodeBelow, problems: FleetProblem[]): DpdkConf["memory"] | null {
  const size = input.hugepageSize ?? node.hugepages[0]?.size;
  const pool = node.hugepages.find((candidate) => candidate.size === size);
  if (size === undefined || pool === undefined) {
    const value = input.hugepageSize;
    problems.push({
      path: ["dataPlane", "hugepageSize"],
      value,
      remedy: "the node has no hugepages of this size; add them to hugepages",
    });
    return null;
  }
  const pageMB = HUGEPAGE_KIB[size] / 1024;
  const socketMem = input.socketMemory ?? pool.pages.map((pages) => pages * pageMB);
  return { hugepageSize: size, numHugepages: pool.pages.reduce((sum, pages) => sum + pages, 0), socketMem };
}

function bondingOf(
  input: DataPlaneInput,
  addresses: readonly string[],
  node: NodeBelow,
  problems: FleetProblem[],
): DpdkConf["bonding"] {
  if (input.bonding === undefined) return null;
  const { mode, primaryPort, secondaryPort, linkMonitorInterval } = input.bonding;
  const address = (key: "primaryPort" | "secondaryPort", index: number): string => {
    const pci = addresses[index];
    if (pci === undefined) {
      problems.push({
        path: ["dataPlane", "bonding", key],
        value: index,
        remedy: `there are ${addresses.length} ports, counted from 0`,
      });
    }
    return pci ?? "";
  };
  problems.push(...trustMistakes(input.ports[secondaryPort], secondaryPort, node));
  return {
    mode,
    primaryPort: address("primaryPort", primaryPort),
    secondaryPort: address("secondaryPort", secondaryPort),
    linkMonitorInterval,
  };
}
