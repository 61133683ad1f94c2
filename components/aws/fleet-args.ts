import type * as pulumi from "@pulumi/pulumi";
import type { HugepageSize } from "../host/hugepages";
import type { DistributionName } from "./distributions";
import type { Architecture } from "./instance-types";

/**
 * ENA instances of one region, with the network that they need.
 *
 * What makes an instance stands in its launch template, and an instance takes it when it is created: a new image, type, interface or user
 * data changes the template and **no instance that runs**. `generation` or `rollout` asks for new instances. Fields say which of the
 * two they are: *at once*, *by a new generation*, or *replaces at once*.
 */
export interface EnaFleetArgs {
  /** Replaces everything. Example: `eu-central-1`. */
  readonly region: string;
  /**
   * What the fleet is for. `mainnet`: instances and Elastic IPs are protected, in the engine and by AWS's termination protection;
   * see `unprotected`. At once. Default `staging`.
   */
  readonly environment?: "lab" | "staging" | "mainnet";
  /** A VPC of its own, or one that is there. Another one replaces everything. */
  readonly network: NewNetwork | ExistingNetwork;
  /** Who may log in. Ranges or Session Manager: one of them at least. At once. */
  readonly access: FleetAccess;
  /** UDP port of the data plane, let in on DPDK interfaces and nowhere else. At once. Default 30900. */
  readonly peerPort?: number;
  /** Ranges, IPv4, of peers outside of the fleet's DPDK subnets. At once. Default none. Example: `["203.0.113.0/24"]`. */
  readonly peers?: readonly string[];
  /** The image of each architecture that instances have, pinned. By a new generation. */
  readonly images: Partial<Readonly<Record<Architecture, EnaImage>>>;
  readonly instances: readonly EnaInstance[];
  /** By a new one all instances are replaced at once; `rollout` does it in batches. A whole number from 1. Default 1. */
  readonly generation?: number;
  readonly rollout?: Rollout;
  /** Names of instances of `mainnet` whose protection is lifted, so that a later update may replace or delete them. At once. */
  readonly unprotected?: readonly string[];
  /** KMS key of the root volumes, by its ARN. By a new generation. Default: AWS's own key for EBS. */
  readonly kmsKey?: pulumi.Input<string>;
  /** Containers of the nodes ask the metadata service, which is one hop more. By a new generation. Default false. */
  readonly containersAskMetadata?: boolean;
  /**
   * Instance types that each zone offers. Left out, AWS is asked at preview (`DescribeInstanceTypeOfferings`, with the operator's own
   * credentials). Example: `{ "eu-central-1a": ["c6in.metal"] }`.
   */
  readonly offerings?: Readonly<Record<string, readonly string[]>>;
  /** Tags of everything. At once. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A VPC that the fleet makes and owns. */
export interface NewNetwork {
  readonly kind: "new";
  /** Of the VPC, from /16 to /21: subnets are parts of it, and AWS makes none smaller than /28. Replaces everything. Example: `10.80.0.0/16`. */
  readonly cidr: string;
  /**
   * Availability zones, `a` to `h` of the region, with the ranges of their subnets. Left out, a range is computed from the VPC's and the
   * zone's letter alone, so that another zone moves none: management an eighth of the VPC's first quarter, DPDK one of its last eight
   * sixteenths. Another range replaces the zone's instances at once. Example: `{ "eu-central-1a": {} }`.
   */
  readonly zones: Readonly<Record<string, { readonly management?: string; readonly dpdk?: string }>>;
  /** Ranges of networks that are reached from the VPC (peerings, VPN): its own must overlap none. Default none. */
  readonly taken?: readonly string[];
  /**
   * How nodes reach package and image registries: `nat`, a NAT gateway in each zone, or `none`; then Session Manager gets
   * endpoints within the VPC. At once. Default `nat`.
   */
  readonly egress?: "nat" | "none";
}

/** A VPC that is there, with its routes. Nothing of it is changed; security groups and interfaces are made in it. */
export interface ExistingNetwork {
  readonly kind: "existing";
  /** Example: `vpc-0a1b2c3d`. */
  readonly vpcId: string;
  /** Subnets by zone. The upper half of each one's addresses is the fleet's: reserve it (`aws ec2 create-subnet-cidr-reservation`). */
  readonly zones: Readonly<Record<string, { readonly management: ExistingSubnet; readonly dpdk: ExistingSubnet }>>;
}

export interface ExistingSubnet {
  /** Example: `subnet-0a1b2c3d`. */
  readonly id: string;
  /** Addresses are computed from it. Example: `10.80.0.0/21`. */
  readonly cidr: string;
}

export interface FleetAccess {
  /** Ranges, IPv4 or IPv6, from which SSH is let in. Never the whole internet. Default none. Example: `["198.51.100.0/28"]`. */
  readonly sshFrom?: readonly string[];
  /** Nodes are entered through Session Manager; they get a role for it, and no port is open. Default false. */
  readonly sessionManager?: boolean;
  /** Lines of an authorized_keys file for the image's own user, one at least: public keys. By a new generation. */
  readonly sshKeys: readonly string[];
}

export interface EnaImage {
  /** Pinned: never "the latest". Example: `ami-0123456789abcdef0`. */
  readonly ami: string;
  /** Tells its user and its root device. */
  readonly distribution: DistributionName;
  /**
   * The kernel of the image, where its vfio-pci is patched for write combining (amzn-drivers, userspace/dpdk/enav2-vfio-patch). Needed by
   * instances without IOMMU. Default: stock vfio-pci. Example: `6.1.0-28-cloud-amd64`.
   */
  readonly writeCombiningKernel?: string;
}

export interface EnaInstance {
  /** Lowercase letters, digits and hyphens. Another name is another instance. Example: `validator-07`. */
  readonly name: string;
  /**
   * Its own for ever: its addresses are computed from it, so that they stay whichever instances come and go. Unique in the fleet, from
   * 0; an index that is given to another instance gives it the addresses too. Replaces at once.
   */
  readonly index: number;
  /** Of `instance-families.json`. By a new generation. Example: `c6in.metal`. */
  readonly type: string;
  /** One of the network's. Replaces at once. Example: `eu-central-1a`. */
  readonly zone: string;
  /** Interfaces for DPDK, 15 at most, beside the one for management. By a new generation. Default 1. */
  readonly dpdkInterfaces?: number;
  /**
   * ENA queues of each DPDK interface: one for each lcore that polls it. By a new generation. Default: the type's own number. Only types with
   * flexible queues take another.
   */
  readonly queues?: number;
  /** A public address on the first DPDK interface, for a validator that peers must find. At once. Default false. */
  readonly elasticIp?: boolean;
  /** Its DPDK interfaces forward packets of others, so that AWS does not check their addresses. At once. Default false. */
  readonly forwarding?: boolean;
  /** Pages that the first boot sets aside, a count for each NUMA node. By a new generation. Example: `{ size: "1G", pages: [4, 4] }`. */
  readonly hugepages?: { readonly size: HugepageSize; readonly pages: readonly number[] };
  /**
   * Types that are not metal have no IOMMU: DPDK's NIC then reaches all memory and the kernel is tainted. `accepted` opts in. Refused
   * on metal. By a new generation.
   */
  readonly noIommu?: "accepted";
  /** Both threads of a core. On types that are not metal by a new generation; on metal the host plan has `nosmt`. Default false. */
  readonly smt?: boolean;
  /** GiB of the root volume. By a new generation. Default 30. */
  readonly rootGiB?: number;
  /** Raised, it replaces this instance alone, with the same addresses and MACs. A whole number from 1. Default 1. */
  readonly generation?: number;
}

/**
 * Another generation in batches of bounded size. Instances of index 0 to `size` - 1 are the first batch. Raise `batches` by one an update,
 * look at the validators between two, and in the end write `generation: to` in its place. Where `batches` is raised by more, batches are
 * still replaced one after the other.
 */
export interface Rollout {
  /** The generation that comes; instances of later batches stay at the one before. From 2. */
  readonly to: number;
  /** Indexes of a batch: no more instances are replaced at once. */
  readonly size: number;
  /** Batches that have it already or get it now. */
  readonly batches: number;
}
