import { addressIn, type Cidr, parseCidr } from "../aws/cidr";
import type { FleetPlan, PlannedInstance } from "../aws/fleet-plan";
import type { InterfacePlan } from "../aws/instance-plan";
import type { NetworkCard } from "../aws/instance-types";
import type { ZonePlan } from "../aws/network-plan";
import { lateMac, latePci } from "../host/nics";
import type { FleetProblem } from "./errors";
import type { NodeInput } from "./schema";
import type { HardwareInput } from "./schema-hardware";

type Path = readonly (string | number)[];

/** What a node leaves out and its instance tells: hardware, and where its data plane listens. Pure. */
export function withInstance(node: NodeInput, planned: PlannedInstance, { network }: FleetPlan): NodeInput {
  const zone = network.zones.find((one) => one.zone === planned.zone) as ZonePlan;
  return {
    ...node,
    hardware: { ...instanceHardware(planned, node), ...given(node.hardware) } as HardwareInput,
    kernel: withNosmt(node.kernel, planned),
    ...(node.dataPlane === undefined ? {} : { dataPlane: withAddress(node.dataPlane, planned, zone) }),
  };
}

/** What stands in the file; of a list or map that is left out nothing is empty. */
function given(hardware: NodeInput["hardware"]): Partial<HardwareInput> {
  const isGiven = (value: unknown) =>
    value !== undefined && (typeof value !== "object" || Object.keys(value as object).length > 0);
  return Object.fromEntries(Object.entries(hardware ?? {}).filter(([, value]) => isGiven(value)));
}

/** PCI addresses follow no rule that AWS tells, and MACs are AWS's: the node's agent puts both in (host/nics.ts). */
function instanceHardware(planned: PlannedInstance, node: NodeInput): HardwareInput {
  const { type, cpus, interfaces, image } = planned;
  const cores = Math.min(cpus, type.cores);
  const numaNodes = type.numaNodes ?? node.hugepages[0]?.pages.length ?? 1;
  const shares = Array.from({ length: numaNodes }, (_, at) => shareOf(at, numaNodes, cores, cpus));
  const release = /^\d+\.\d+/.exec(image.writeCombiningKernel ?? "")?.[0];
  return {
    cpus: `0-${cpus - 1}`,
    kernel: release,
    numaNodes: shares.map((share) => ({ cpus: share, memory: memoryOf(type.memoryMiB / numaNodes) })),
    smtSiblings: cpus === cores ? [] : Array.from({ length: cores }, (_, core) => `${core},${core + cores}`),
    nics: Object.fromEntries(
      interfaces
        .filter(({ role }) => role === "dpdk")
        .map(({ name }) => [name, { pci: latePci(name), mac: lateMac(name), driver: "ena", numaNode: -1 }]),
    ),
    wayIn: [latePci("management")],
  };
}

/** Linux counts the first threads of all cores, NUMA node by NUMA node, and then the second ones. */
function shareOf(at: number, nodes: number, cores: number, cpus: number): string {
  const [from, to] = [Math.floor((at * cores) / nodes), Math.floor(((at + 1) * cores) / nodes) - 1];
  return cpus === cores ? `${from}-${to}` : `${from}-${to},${from + cores}-${to + cores}`;
}

/** Firmware and the kernel keep some of what AWS tells, 2 % of a large instance and more of a small one: hugepages are judged against less. */
function memoryOf(mebibytes: number): string {
  return `${Math.floor((mebibytes * 15) / 16)}M`;
}

/** Metal takes no CPU options, so the kernel takes the second threads away. */
function withNosmt(kernel: NodeInput["kernel"], { needsNosmt }: PlannedInstance): NodeInput["kernel"] {
  const { extraArguments } = kernel;
  return needsNosmt && !extraArguments.includes("nosmt")
    ? { ...kernel, extraArguments: [...extraArguments, "nosmt"] }
    : kernel;
}

/** AWS's router is the first address of every subnet (AWS, VPC, "Subnet sizing"). */
function withAddress(
  dataPlane: NonNullable<NodeInput["dataPlane"]>,
  { interfaces }: PlannedInstance,
  zone: ZonePlan,
): NonNullable<NodeInput["dataPlane"]> {
  const { network } = dataPlane;
  const first = interfaces.find(({ name }) => name === "dpdk0") as InterfacePlan;
  const subnet = parseCidr(zone.dpdk.cidr) as Cidr;
  const own = { address: first.address, prefix: subnet.prefix, gateway: addressIn(subnet, 1) };
  return {
    ...dataPlane,
    network: {
      ...network,
      address: network.address ?? own.address,
      prefix: network.prefix ?? own.prefix,
      gateway: network.gateway ?? own.gateway,
    },
  };
}

/** Where a node contradicts its instance; paths below the node. */
export function instanceNodeMistakes(node: NodeInput, planned: PlannedInstance, peerPort: number): FleetProblem[] {
  return [...modeMistakes(node, planned), ...dataPlaneMistakes(node, planned, peerPort)];
}

function modeMistakes({ kernel }: NodeInput, { mode, type }: PlannedInstance): FleetProblem[] {
  const say = (key: "iommu" | "vfioNoIommu", remedy: string): FleetProblem[] => [
    { path: ["kernel", key], value: kernel[key], remedy },
  ];
  if (mode === "vfio-noiommu") {
    if (!kernel.vfioNoIommu) return say("vfioNoIommu", `${type.name} has no IOMMU; write true, and kernel.iommu: off`);
    return [];
  }
  if (kernel.vfioNoIommu) return say("vfioNoIommu", `${type.name} has an IOMMU; leave it out`);
  // An x86 metal instance starts with its IOMMU off (amzn-drivers, userspace/dpdk/README.md); the kernel of arm64 has it on.
  const isOff = kernel.iommu === "off" && type.architecture === "x86_64";
  return isOff ? say("iommu", `${type.name} has an IOMMU, which vfio-pci needs; write intel or amd`) : [];
}

function dataPlaneMistakes({ dataPlane }: NodeInput, planned: PlannedInstance, peerPort: number): FleetProblem[] {
  if (dataPlane === undefined) return [];
  const { network, queues } = dataPlane;
  const problems: FleetProblem[] = [];
  const say = (path: Path, value: unknown, remedy: string) =>
    problems.push({ path: ["dataPlane", ...path], value, remedy });
  const dpdk = planned.interfaces.filter(({ role }) => role === "dpdk");
  const addresses = dpdk.map(({ address }) => address);
  if (network.address !== undefined && !addresses.includes(network.address) && !planned.isForwarding)
    say(
      ["network", "address"],
      network.address,
      `AWS drops what is not sent from ${addresses.join(" or ")}; leave it out`,
    );
  if (network.port !== peerPort)
    say(["network", "port"], network.port, `only ${peerPort}, aws.peerPort, is let in; write the same in both`);
  const room = Math.min(
    ...dpdk.map((one) => one.queues ?? (planned.type.cards[one.networkCard] as NetworkCard).defaultQueues),
  );
  if (queues > room)
    say(["queues"], queues, `an interface of ${planned.type.name} has ${room}; write fewer, or instance.queues`);
  return problems;
}
