import { type Cidr, cidrText, parseCidr, partOf, upperHalf } from "./cidr";
import type { EnaFleetArgs, NewNetwork } from "./fleet-args";

/** The network of a fleet: what is made, or what is there. */
export interface NetworkPlan {
  /** The range of the VPC that is made, or the id of the one that is there. */
  readonly vpc: { readonly cidr: string } | { readonly id: string };
  /** In the order of their names. */
  readonly zones: readonly ZonePlan[];
  /** A way to the internet, for NAT and for Elastic IPs. */
  readonly internetGateway: boolean;
  /** DPDK subnets are routed to the internet gateway. */
  readonly dpdkIsPublic: boolean;
  /** Interface endpoints for Session Manager, where there is no NAT. */
  readonly endpoints: readonly string[];
}

export interface ZonePlan {
  readonly zone: string;
  readonly management: SubnetPlan;
  readonly dpdk: SubnetPlan;
  /** The range of the subnet with the zone's NAT gateway; null where there is none. */
  readonly nat: string | null;
}

export interface SubnetPlan {
  readonly cidr: string;
  /** The upper half: instances' addresses. In a subnet of ours AWS gives none of them to anybody else. */
  readonly reserved: string;
  /** Null where it is made. */
  readonly id: string | null;
}

/** Pure. Ranges are right already: `refuseNetwork` has looked. */
export function networkPlan({ network, access, instances }: EnaFleetArgs): NetworkPlan {
  if (network.kind === "existing") {
    const zones = sorted(network.zones).map(([zone, { management, dpdk }]) => ({
      zone,
      management: subnetOf(management.cidr, management.id),
      dpdk: subnetOf(dpdk.cidr, dpdk.id),
      nat: null,
    }));
    return { vpc: { id: network.vpcId }, zones, internetGateway: false, dpdkIsPublic: false, endpoints: [] };
  }
  const hasNat = network.egress !== "none";
  const dpdkIsPublic = instances.some(({ elasticIp }) => elasticIp === true);
  return {
    vpc: { cidr: network.cidr },
    zones: sorted(network.zones).map(([zone]) => newZone(network, zone, hasNat)),
    internetGateway: hasNat || dpdkIsPublic,
    dpdkIsPublic,
    // AWS, Systems Manager, "Improve the security of EC2 instances by using VPC endpoints": without ec2messages since 2024.
    endpoints: access.sessionManager === true && !hasNat ? ["ssm", "ssmmessages"] : [],
  };
}

function newZone(network: NewNetwork, zone: string, hasNat: boolean): ZonePlan {
  const computed = computedRanges(network, zone);
  const { management, dpdk } = network.zones[zone] ?? {};
  return {
    zone,
    management: subnetOf(management ?? cidrText(computed.management), null),
    dpdk: subnetOf(dpdk ?? cidrText(computed.dpdk), null),
    nat: hasNat ? cidrText(computed.nat) : null,
  };
}

/**
 * Ranges of a zone, from the VPC's and the zone's letter alone. Of sixteen parts of the VPC the first four are the zones' management,
 * the fifth NAT gateways', the last eight one zone's DPDK each; the rest is free for what the operator writes.
 */
export function computedRanges({ cidr }: Pick<NewNetwork, "cidr">, zone: string) {
  const vpc = parseCidr(cidr) as Cidr;
  const letter = zoneLetter(zone);
  return {
    management: partOf(vpc, vpc.prefix + 5, letter),
    nat: partOf(partOf(vpc, vpc.prefix + 4, 4), vpc.prefix + 7, letter),
    dpdk: partOf(vpc, vpc.prefix + 4, 8 + letter),
  };
}

/** `a` is 0. */
export function zoneLetter(zone: string): number {
  return zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);
}

function subnetOf(cidr: string, id: string | null): SubnetPlan {
  return { cidr, reserved: cidrText(upperHalf(parseCidr(cidr) as Cidr)), id };
}

function sorted<T>(zones: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(zones).sort(([one], [other]) => (one < other ? -1 : 1));
}
