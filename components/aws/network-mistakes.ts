import { type Cidr, cidrText, contains, overlaps, parseCidr, partOf } from "./cidr";
import type { EnaFleetArgs, ExistingNetwork, NewNetwork } from "./fleet-args";
import { networkPlan } from "./network-plan";
import type { Refuse } from "./refusals";

/** Zones and ranges that AWS would refuse halfway, or that would put management and DPDK into one subnet. */
export function refuseNetwork(args: EnaFleetArgs, refuse: Refuse): void {
  const { network, region } = args;
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) refuse(`region is ${region}`, "write one such as eu-central-1");
  const zones = Object.keys(network.zones);
  if (zones.length === 0) refuse("network.zones is empty", "name one zone at least");
  for (const zone of zones)
    if (!zone.startsWith(region) || !/^[a-h]$/.test(zone.slice(region.length)))
      refuse(`network.zones has ${zone}`, `write zones of ${region}, from ${region}a to ${region}h`);
  if (network.kind === "new") refuseNewNetwork(network, refuse);
  else refuseExisting(network, refuse);
  refuseOverlaps(rangesOf(args), network, refuse);
}

/** A range with how an error names it. */
interface Named {
  readonly where: string;
  readonly range: Cidr;
}

function refuseNewNetwork({ cidr, zones, taken = [] }: NewNetwork, refuse: Refuse): void {
  const vpc = rangeOf("network.cidr", cidr, refuse);
  // Above /16 AWS makes no VPC (VPC, "VPC CIDR blocks"); below /21 a computed subnet would be smaller than its /28.
  if (vpc.prefix < 16 || vpc.prefix > 21) refuse(`network.cidr is ${cidr}`, "write a range from /16 to /21");
  for (const [zone, subnets] of Object.entries(zones))
    for (const [role, text] of Object.entries(subnets)) {
      const where = `network.zones.${zone}.${role}`;
      const range = refuseSubnet(where, text, refuse);
      if (!contains(vpc, range)) refuse(`${where} is ${text}, outside of network.cidr ${cidr}`, "write a part of it");
    }
  taken.forEach((text, at) => {
    const range = rangeOf(`network.taken[${at}]`, text, refuse);
    if (overlaps(vpc, range))
      refuse(
        `network.cidr ${cidr} overlaps network.taken[${at}] ${text}`,
        "write a range that no network has which is reached from there",
      );
  });
}

function refuseExisting({ vpcId, zones }: ExistingNetwork, refuse: Refuse): void {
  if (!/^vpc-[0-9a-f]+$/.test(vpcId)) refuse(`network.vpcId is ${vpcId}`, "write the VPC's id, such as vpc-0a1b2c3d");
  const seen = new Map<string, string>();
  for (const [zone, subnets] of Object.entries(zones))
    for (const role of ["management", "dpdk"] as const) {
      const where = `network.zones.${zone}.${role}`;
      const { id, cidr } = subnets[role];
      if (!/^subnet-[0-9a-f]+$/.test(id))
        refuse(`${where}.id is ${id}`, "write the subnet's id, such as subnet-0a1b2c3d");
      const other = seen.get(id);
      // A selector by subnet, as the SR-IOV operator's netFilter, would bind the interface that carries SSH.
      if (other !== undefined)
        refuse(`${where}.id is ${id}, as ${other}.id is`, "give DPDK a subnet of its own, beside management's");
      seen.set(id, where);
      refuseSubnet(`${where}.cidr`, cidr, refuse);
    }
}

/** AWS, VPC, "Subnet sizing": /16 to /28. */
function refuseSubnet(where: string, text: string, refuse: Refuse): Cidr {
  const range = rangeOf(where, text, refuse);
  if (range.prefix < 16 || range.prefix > 28) refuse(`${where} is ${text}`, "write a range from /16 to /28");
  return range;
}

export function rangeOf(where: string, text: string, refuse: Refuse): Cidr {
  return parseCidr(text) ?? refuse(`${where} is ${text}`, "write the first address and the bits, such as 10.80.0.0/16");
}

/** Of every subnet, those that are computed too. */
function rangesOf(args: EnaFleetArgs): Named[] {
  return networkPlan(args).zones.flatMap(({ zone, management, dpdk, nat }) => [
    ...[management.cidr, dpdk.cidr].map((text, at) => ({
      where: `network.zones.${zone}.${["management", "dpdk"][at]}`,
      range: parseCidr(text) as Cidr,
    })),
    ...(nat === null ? [] : [{ where: `the NAT gateway's subnet of ${zone}`, range: parseCidr(nat) as Cidr }]),
  ]);
}

function refuseOverlaps(ranges: readonly Named[], network: EnaFleetArgs["network"], refuse: Refuse): void {
  ranges.forEach((one, at) => {
    const other = ranges.slice(0, at).find(({ range }) => overlaps(one.range, range));
    if (other === undefined) return;
    const free = network.kind === "new" ? freeRange(network, one.range, ranges) : null;
    const remedy = free === null ? "give each a range of its own" : `give each a range of its own: ${free} is free`;
    refuse(
      `${other.where} (${cidrText(other.range)}) overlaps ${one.where} (${cidrText(one.range)})`,
      network.kind === "new" ? remedy : "name the subnets' own ranges, and give DPDK a subnet beside management's",
    );
  });
}

/** The first range of this size that no subnet has, in the three sixteenths of the VPC of which no zone has a part by its letter. */
function freeRange({ cidr }: NewNetwork, { prefix }: Cidr, ranges: readonly Named[]): string | null {
  const vpc = parseCidr(cidr) as Cidr;
  if (prefix < vpc.prefix + 4) return null;
  const each = 2 ** (prefix - vpc.prefix - 4);
  const parts = Array.from({ length: 3 * each }, (_, at) => partOf(vpc, prefix, 5 * each + at));
  const free = parts.find((part) => !ranges.some(({ range }) => overlaps(part, range)));
  return free === undefined ? null : cidrText(free);
}
