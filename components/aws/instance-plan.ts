import { addressIn, type Cidr, parseCidr } from "./cidr";
import { DISTRIBUTIONS } from "./distributions";
import type { EnaFleetArgs, EnaImage, EnaInstance } from "./fleet-args";
import { ADDRESSES_OF_INSTANCE, ENVIRONMENT, ROOT_GIB } from "./fleet-defaults";
import { type EnaInstanceType, enaInstanceType } from "./instance-types";
import type { ZonePlan } from "./network-plan";

/** All that one instance is. */
export interface InstancePlan {
  readonly name: string;
  readonly index: number;
  readonly zone: string;
  readonly type: EnaInstanceType;
  readonly image: EnaImage;
  /** Its login, who has sudo. */
  readonly user: string;
  readonly mode: DpdkMode;
  /** CPUs that its system has, once `nosmt` is in effect where it must be. */
  readonly cpus: number;
  /** Null where the type starts as it is: metal takes no CPU options, and other types have one thread a core anyway. */
  readonly cpuOptions: { readonly coreCount: number; readonly threadsPerCore: 1 } | null;
  /** The host plan's kernel arguments must have `nosmt`: metal that has two threads a core. */
  readonly needsNosmt: boolean;
  /** The first one is management's. */
  readonly interfaces: readonly InterfacePlan[];
  readonly hugepages: EnaInstance["hugepages"] | null;
  readonly hasElasticIp: boolean;
  readonly isForwarding: boolean;
  readonly rootGiB: number;
  readonly rootDevice: string;
  /** What asks for another instance when it changes: the fleet's generation, and the instance's own. */
  readonly generation: string;
  /** Its batch of the rollout, which waits for the one before; null where it is in none. */
  readonly batch: number | null;
  /** By the engine, and by AWS's termination protection. */
  readonly isProtected: boolean;
}

/**
 * How DPDK drives the interface: with an IOMMU through vfio-pci, or through vfio-pci without one, whose kernel module is patched for
 * write combining.
 */
export type DpdkMode = "vfio-iommu" | "vfio-noiommu";

export interface InterfacePlan {
  /** `management`, `dpdk0`, … */
  readonly name: string;
  readonly role: "management" | "dpdk";
  readonly deviceIndex: number;
  readonly networkCard: number;
  readonly address: string;
  /** Null: the type's own number. */
  readonly queues: number | null;
  /** AWS drops packets that are neither from nor to the interface's address. */
  readonly sourceDestCheck: boolean;
}

/** Pure. The instance is right already: `refuseInstances` has looked. */
export function instancePlan(args: EnaFleetArgs, instance: EnaInstance, zone: ZonePlan): InstancePlan {
  const { name, index, hugepages, elasticIp, forwarding, rootGiB } = instance;
  const type = enaInstanceType(instance.type) as EnaInstanceType;
  const image = args.images[type.architecture] as EnaImage;
  const { user, rootDevice } = DISTRIBUTIONS[image.distribution];
  return {
    name,
    index,
    zone: zone.zone,
    type,
    image,
    user,
    mode: type.isMetal ? "vfio-iommu" : "vfio-noiommu",
    ...threads(type, instance.smt === true),
    interfaces: interfacesOf(instance, type, zone),
    hugepages: hugepages ?? null,
    hasElasticIp: elasticIp === true,
    isForwarding: forwarding === true,
    rootGiB: rootGiB ?? ROOT_GIB,
    rootDevice,
    ...generationOf(args, instance),
    isProtected: (args.environment ?? ENVIRONMENT) === "mainnet" && !(args.unprotected ?? []).includes(name),
  };
}

/** Two threads that poll share a core's caches and ports. AWS, EC2, "Rules for specifying CPU options": both numbers, and none on metal. */
function threads(type: EnaInstanceType, smt: boolean): Pick<InstancePlan, "cpus" | "cpuOptions" | "needsNosmt"> {
  const { isMetal, cores, threadsPerCore, vcpus } = type;
  const isOff = !smt && threadsPerCore > 1;
  return {
    cpus: isOff ? cores : vcpus,
    cpuOptions: isOff && !isMetal ? { coreCount: cores, threadsPerCore: 1 } : null,
    needsNosmt: isOff && isMetal,
  };
}

function interfacesOf(instance: EnaInstance, type: EnaInstanceType, zone: ZonePlan): InterfacePlan[] {
  const { index, dpdkInterfaces = 1, queues, forwarding } = instance;
  const reserved = (subnet: { readonly reserved: string }) => parseCidr(subnet.reserved) as Cidr;
  const management: InterfacePlan = {
    name: "management",
    role: "management",
    deviceIndex: 0,
    networkCard: 0,
    address: addressIn(reserved(zone.management), index),
    queues: null,
    sourceDestCheck: true,
  };
  const dpdk = Array.from({ length: dpdkInterfaces }, (_, at): InterfacePlan => {
    return {
      name: `dpdk${at}`,
      role: "dpdk",
      ...placeOf(at, type.cards.length),
      address: addressIn(reserved(zone.dpdk), index * ADDRESSES_OF_INSTANCE + at),
      queues: queues ?? null,
      sourceDestCheck: forwarding !== true,
    };
  });
  return [management, ...dpdk];
}

/**
 * Where a DPDK interface is: on the cards in turns, beginning with the one after management's, so that another interface moves none. Device
 * indexes are counted by each card for itself; 0 is left to the primary interface on every card.
 */
export function placeOf(at: number, cards: number): { readonly networkCard: number; readonly deviceIndex: number } {
  return { networkCard: (at + 1) % cards, deviceIndex: Math.floor(at / cards) + 1 };
}

/** By index, not by place in the list: an instance that leaves moves no other into another batch. */
function generationOf(
  { generation = 1, rollout }: EnaFleetArgs,
  instance: EnaInstance,
): Pick<InstancePlan, "generation" | "batch"> {
  const own = instance.generation ?? 1;
  if (rollout === undefined) return { generation: `${generation}.${own}`, batch: null };
  const batch = Math.floor(instance.index / rollout.size);
  const isIn = batch < rollout.batches;
  return { generation: `${isIn ? rollout.to : rollout.to - 1}.${own}`, batch: isIn ? batch : null };
}
