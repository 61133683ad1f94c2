import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { Eip } from "@pulumi/aws/ec2/eip";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { SubnetCidrReservation } from "@pulumi/aws/ec2/subnetCidrReservation";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./fleet-tags";
import type { NetworkPlan, SubnetPlan, ZonePlan } from "./network-plan";

/** What everything of a fleet is made with. */
export interface Making {
  readonly fleet: string;
  readonly region: string;
  readonly tags: (title: string, more?: Tags) => Tags;
  readonly parent: pulumi.Resource;
}

export interface MadeNetwork {
  readonly vpcId: pulumi.Input<string>;
  readonly zones: ReadonlyMap<string, MadeZone>;
  /** Null where nothing leads to the internet, or somebody else's does. */
  readonly gateway: InternetGateway | null;
}

export interface MadeZone {
  readonly management: pulumi.Input<string>;
  readonly dpdk: pulumi.Input<string>;
  /** What must be there before an instance boots: its way to the registries, and its addresses' reservations. */
  readonly ready: readonly pulumi.Resource[];
}

export function makeNetwork(plan: NetworkPlan, making: Making): MadeNetwork {
  const { vpc } = plan;
  if ("id" in vpc) {
    const zones = plan.zones.map(({ zone, management, dpdk }): [string, MadeZone] => [
      zone,
      { management: management.id as string, dpdk: dpdk.id as string, ready: [] },
    ]);
    return { vpcId: vpc.id, zones: new Map(zones), gateway: null };
  }
  const made = makeVpc(vpc.cidr, making);
  const gateway = plan.internetGateway ? makeGateway(made, making) : null;
  const zones = plan.zones.map((zone): [string, MadeZone] => [
    zone.zone,
    makeZone(zone, plan, { made, gateway }, making),
  ]);
  return { vpcId: made.id, zones: new Map(zones), gateway };
}

function makeVpc(cidrBlock: string, { fleet, region, tags, parent }: Making): Vpc {
  // Both for Session Manager's endpoints, whose names are resolved within the VPC.
  const names = { enableDnsSupport: true, enableDnsHostnames: true };
  const vpc = new Vpc(fleet, { region, cidrBlock, ...names, tags: tags(fleet) }, { parent });
  // Without rules: what names no group of its own reaches nothing.
  new DefaultSecurityGroup(`${fleet}-default`, { region, vpcId: vpc.id, tags: tags(`${fleet}-default`) }, { parent });
  return vpc;
}

function makeGateway(vpc: Vpc, { fleet, region, tags, parent }: Making): InternetGateway {
  return new InternetGateway(fleet, { region, vpcId: vpc.id, tags: tags(fleet) }, { parent });
}

interface Around {
  readonly made: Vpc;
  readonly gateway: InternetGateway | null;
}

function makeZone(zone: ZonePlan, plan: NetworkPlan, around: Around, making: Making): MadeZone {
  const name = `${making.fleet}-${zone.zone}`;
  const management = makeReservedSubnet(`${name}-management`, zone.zone, zone.management, around.made, making);
  const dpdk = makeReservedSubnet(`${name}-dpdk`, zone.zone, zone.dpdk, around.made, making);
  const nat = zone.nat === null ? null : makeNat(`${name}-nat`, zone.zone, zone.nat, around, making);
  const ready = [
    ...management.ready,
    ...dpdk.ready,
    ...makeRoutes(
      `${name}-management`,
      management.subnet,
      nat === null ? {} : { natGatewayId: nat.id },
      around,
      making,
    ),
    ...makeRoutes(`${name}-dpdk`, dpdk.subnet, plan.dpdkIsPublic ? toGateway(around) : {}, around, making),
  ];
  return { management: management.subnet.id, dpdk: dpdk.subnet.id, ready };
}

function makeSubnet(name: string, availabilityZone: string, cidrBlock: string, vpc: Vpc, making: Making): Subnet {
  const { region, tags, parent } = making;
  const args = { region, vpcId: vpc.id, availabilityZone, cidrBlock, mapPublicIpOnLaunch: false, tags: tags(name) };
  return new Subnet(name, args, { parent });
}

function makeReservedSubnet(name: string, zone: string, plan: SubnetPlan, vpc: Vpc, making: Making) {
  const { region, parent } = making;
  const subnet = makeSubnet(name, zone, plan.cidr, vpc, making);
  // Explicit: AWS gives none of these addresses by itself, to an endpoint or to somebody's interface.
  const reservation = new SubnetCidrReservation(
    name,
    {
      region,
      subnetId: subnet.id,
      cidrBlock: plan.reserved,
      reservationType: "explicit",
      description: `addresses of the instances of ${making.fleet}`,
    },
    { parent },
  );
  return { subnet, ready: [reservation] };
}

/** One for each zone: a zone that is down takes no other with it. */
function makeNat(
  name: string,
  availabilityZone: string,
  cidrBlock: string,
  around: Around,
  making: Making,
): NatGateway {
  const { region, tags, parent } = making;
  const { made, gateway } = around;
  const subnet = makeSubnet(name, availabilityZone, cidrBlock, made, making);
  const routes = makeRoutes(name, subnet, toGateway(around), around, making);
  const waits = { parent, dependsOn: [...(gateway === null ? [] : [gateway]), ...routes] };
  const address = new Eip(name, { region, domain: "vpc", tags: tags(name) }, waits);
  return new NatGateway(
    name,
    { region, subnetId: subnet.id, allocationId: address.allocationId, tags: tags(name) },
    waits,
  );
}

type Target = { natGatewayId: pulumi.Input<string> } | { gatewayId: pulumi.Input<string> } | Record<string, never>;

function toGateway({ gateway }: Around): Target {
  return gateway === null ? {} : { gatewayId: gateway.id };
}

/** A table of its own, with a default route where there is a target; without one, the VPC's own addresses alone are reached. */
function makeRoutes(name: string, subnet: Subnet, target: Target, { made }: Around, making: Making): pulumi.Resource[] {
  const { region, tags, parent } = making;
  const table = new RouteTable(name, { region, vpcId: made.id, tags: tags(name) }, { parent });
  const routeTableId = table.id;
  const joined = new RouteTableAssociation(name, { region, subnetId: subnet.id, routeTableId }, { parent });
  if (Object.keys(target).length === 0) return [joined];
  return [joined, new Route(name, { region, routeTableId, destinationCidrBlock: "0.0.0.0/0", ...target }, { parent })];
}
