import { hugepageMisfits } from "../host/hugepages";
import { type Cidr, parseCidr, sizeOf } from "./cidr";
import { DISTRIBUTIONS, LAST_PATCHED_KERNEL } from "./distributions";
import type { EnaFleetArgs, EnaImage, EnaInstance } from "./fleet-args";
import { ADDRESSES_OF_INSTANCE, DPDK_INTERFACES, ROOT_GIB } from "./fleet-defaults";
import { placeOf } from "./instance-plan";
import {
  type EnaInstanceType,
  enaFamilies,
  enaInstanceType,
  enaTypeNames,
  interfacesOf,
  type NetworkCard,
} from "./instance-types";
import type { NetworkPlan, SubnetPlan } from "./network-plan";
import { instanceTitle, type Refuse, refuseNoName, refuseNoWholeNumber } from "./refusals";

/** Instances that AWS would refuse after others are made, or that could not carry DPDK. */
export function refuseInstances(args: EnaFleetArgs, network: NetworkPlan, refuse: Refuse): void {
  const { instances } = args;
  if (instances.length === 0) refuse("instances is empty", "name one instance at least");
  instances.forEach((instance, at) => {
    const title = instanceTitle(at, instance);
    refuseTwice(instances, at, refuse);
    const type = typeOf(title, instance, refuse);
    refusePlace(title, instance, network, refuse);
    refuseInterfaces(title, instance, type, refuse);
    refuseQueues(title, instance, type, refuse);
    refuseMode(title, instance, type, imageOf(title, args, type, refuse), refuse);
    refuseHugepages(title, instance, type, refuse);
    refuseNoWholeNumber(`${title}: generation`, instance.generation ?? 1, 1, refuse);
    refuseNoWholeNumber(`${title}: rootGiB`, instance.rootGiB ?? ROOT_GIB, 8, refuse);
  });
}

function refuseTwice(instances: readonly EnaInstance[], at: number, refuse: Refuse): void {
  const instance = instances[at] as EnaInstance;
  const title = instanceTitle(at, instance);
  refuseNoName(`${title}: name is no name of an instance`, instance.name, refuse);
  refuseNoWholeNumber(`${title}: index`, instance.index, 0, refuse);
  const earlier = instances.slice(0, at);
  const sameName = earlier.findIndex(({ name }) => name === instance.name);
  if (sameName >= 0) refuse(`${title} has the name of instances[${sameName}]`, "give each a name of its own");
  const sameIndex = earlier.findIndex(({ index }) => index === instance.index);
  if (sameIndex >= 0)
    refuse(
      `${title}: index ${instance.index} is that of ${instanceTitle(sameIndex, instances[sameIndex] as EnaInstance)}`,
      "give each an index of its own: their addresses are computed from it",
    );
}

function typeOf(title: string, { type: name }: EnaInstance, refuse: Refuse): EnaInstanceType {
  const type = enaInstanceType(name);
  if (type !== null) return type;
  const sizes = enaTypeNames(name.split(".")[0]);
  const remedy = sizes.length > 0 ? `write one of ${sizes.join(", ")}` : `take a family of ${enaFamilies().join(", ")}`;
  return refuse(`${title}: type ${name} is not in instance-families.json`, remedy);
}

function refusePlace(title: string, { zone, index }: EnaInstance, { zones }: NetworkPlan, refuse: Refuse): void {
  const found = zones.find((each) => each.zone === zone);
  if (found === undefined)
    refuse(`${title}: zone is ${zone}`, `write one of network.zones: ${zones.map((each) => each.zone).join(", ")}`);
  const room = (subnet: SubnetPlan, each: number) => Math.floor(sizeOf(parseCidr(subnet.reserved) as Cidr) / each);
  // The last address of a subnet is AWS's.
  const most = Math.min(room(found.management, 1) - 2, room(found.dpdk, ADDRESSES_OF_INSTANCE) - 1);
  if (index > most)
    refuse(
      `${title}: index is ${index}, and the subnets of ${zone} have addresses for ${most} at most`,
      "write a smaller one, or larger ranges",
    );
}

function refuseInterfaces(title: string, { dpdkInterfaces = 1 }: EnaInstance, type: EnaInstanceType, refuse: Refuse) {
  if (!Number.isInteger(dpdkInterfaces) || dpdkInterfaces < 1 || dpdkInterfaces > DPDK_INTERFACES)
    refuse(`${title}: dpdkInterfaces is ${dpdkInterfaces}`, `write a whole number from 1 to ${DPDK_INTERFACES}`);
  const most = interfacesOf(type);
  if (dpdkInterfaces + 1 > most) {
    const larger = enaTypeNames(type.family).find(
      (name) => interfacesOf(enaInstanceType(name) ?? { cards: [] }) > dpdkInterfaces,
    );
    refuse(
      `${title}: ${type.name} takes ${most} interfaces, and management with dpdkInterfaces ${dpdkInterfaces} are ${dpdkInterfaces + 1}`,
      larger === undefined ? `write ${most - 1} at most` : `take ${larger}, or write ${most - 1} at most`,
    );
  }
}

function refuseQueues(title: string, instance: EnaInstance, type: EnaInstanceType, refuse: Refuse): void {
  const { queues, dpdkInterfaces = 1 } = instance;
  if (queues === undefined) return;
  refuseNoWholeNumber(`${title}: queues`, queues, 1, refuse);
  const places = Array.from({ length: dpdkInterfaces }, (_, at) => placeOf(at, type.cards.length));
  type.cards.forEach((card, index) => {
    const own = places.filter(({ networkCard }) => networkCard === index).length;
    if (own > 0) refuseQueuesOfCard(title, { type, queues, own, index, card }, refuse);
  });
}

/** `own`: DPDK interfaces of the card, each with so many `queues`. */
interface QueuesOfCard {
  readonly type: EnaInstanceType;
  readonly queues: number;
  readonly own: number;
  readonly index: number;
  readonly card: NetworkCard;
}

function refuseQueuesOfCard(title: string, { type, queues, own, index, card }: QueuesOfCard, refuse: Refuse): void {
  const { defaultQueues, queuesOfInterface, queuesOfCard } = card;
  if (queuesOfInterface === null || queuesOfCard === null) {
    if (queues === defaultQueues) return;
    refuse(
      `${title}: queues is ${queues}, and an interface of ${type.name} has ${defaultQueues} whatever is asked for`,
      "leave it out, or take a type with flexible queues, such as c6in.8xlarge or c8gn.8xlarge",
    );
  }
  if (queues > queuesOfInterface)
    refuse(`${title}: queues is ${queues}`, `${type.name} has ${queuesOfInterface} an interface at most`);
  const others = index === 0 ? defaultQueues : 0; // management's
  const all = own * queues + others;
  if (all > queuesOfCard)
    refuse(
      `${title}: queues ${queues} of ${own} interfaces${index === 0 ? " and management's" : ""} are ${all} on network card ${index} of ${type.name}`,
      `it has ${queuesOfCard}; write ${Math.floor((queuesOfCard - others) / own)} at most`,
    );
}

function imageOf(title: string, { images }: EnaFleetArgs, type: EnaInstanceType, refuse: Refuse): EnaImage {
  const { architecture, name } = type;
  return images[architecture] ?? refuse(`${title}: ${name} is ${architecture}`, `give images.${architecture}`);
}

/** ENA, userspace/dpdk/README.md: only metal has an IOMMU; without write combining LLQ burns CPU. */
function refuseMode(title: string, { noIommu }: EnaInstance, type: EnaInstanceType, image: EnaImage, refuse: Refuse) {
  if (type.isMetal) {
    if (noIommu !== undefined)
      refuse(`${title}: noIommu is ${noIommu} of ${type.name}, which has an IOMMU`, "take it out");
    return;
  }
  if (noIommu !== "accepted")
    refuse(
      `${title}: ${type.name} has no IOMMU: its DPDK interfaces would reach all memory`,
      `take a size that is metal${metalOf(type)}, or write noIommu: accepted`,
    );
  const { architecture } = type;
  const kernel = image.writeCombiningKernel;
  if (kernel === undefined)
    refuse(
      `${title}: images.${architecture} says no writeCombiningKernel, and stock vfio-pci maps ${type.name}'s queues without write combining`,
      "make an image with ENA's patched vfio-pci (amzn-drivers, userspace/dpdk/enav2-vfio-patch), and name its kernel",
    );
  refuseKernel(`images.${architecture}`, image.distribution, kernel as string, refuse);
}

function metalOf({ family }: EnaInstanceType): string {
  const metal = enaTypeNames(family).filter((name) => enaInstanceType(name)?.isMetal);
  return metal.length === 0 ? "" : ` (${metal.join(", ")})`;
}

function refuseKernel(where: string, distribution: EnaImage["distribution"], kernel: string, refuse: Refuse): void {
  const [major = 0, minor = 0] = /^(\d+)\.(\d+)\./.exec(kernel)?.slice(1).map(Number) ?? [];
  if (major === 0) refuse(`${where}.writeCombiningKernel is ${kernel}`, "write what `uname -r` says there");
  const [lastMajor, lastMinor] = LAST_PATCHED_KERNEL;
  if (major > lastMajor || (major === lastMajor && minor > lastMinor))
    refuse(
      `${where}.writeCombiningKernel is ${kernel}, and ENA's patches end with ${lastMajor}.${lastMinor}`,
      "take an image with an older kernel, such as debian-12's 6.1, or a type that is metal",
    );
  const { withoutWriteCombining } = DISTRIBUTIONS[distribution];
  if (withoutWriteCombining !== null)
    refuse(
      `${where}.distribution is ${distribution}, where ENA's patch is known to fail (${withoutWriteCombining})`,
      "take debian-12 or ubuntu-22.04, or a type that is metal",
    );
}

function refuseHugepages(title: string, { hugepages }: EnaInstance, type: EnaInstanceType, refuse: Refuse): void {
  if (hugepages === undefined) return;
  const { size, pages } = hugepages;
  const wrong = pages.find((count) => !Number.isInteger(count) || count < 0);
  if (pages.length === 0 || wrong !== undefined)
    refuse(
      `${title}: hugepages.pages is ${JSON.stringify(pages)}`,
      "write a whole number for each NUMA node, such as [4]",
    );
  const kib = type.memoryMiB * 1024;
  const nodes = type.numaNodes ?? pages.length; // what AWS does not tell, the node contradicts
  const memory = Array.from({ length: nodes }, () => Math.floor(kib / nodes));
  const [misfit] = hugepageMisfits([{ size, pages }], memory);
  if (misfit !== undefined) refuse(`${title}: hugepages of ${type.name}: ${misfit.reason}`, "write fewer pages");
}
