import type { PolicyResource } from "@pulumi/policy";
import { type StackFinding, stackRule } from "../rule";
import { inputsOf, isNamed, known } from "./known";
import { type Links, linksOf } from "./links";
import { isFalse, isTrue, machineTypes } from "./machine";
import { bastions } from "./no-public-ip";
import { declaredRole } from "./role";

export const noPublicIpFromElsewhere = stackRule({
  name: "dpdk-no-public-ip-from-elsewhere",
  displayName: "No public address by subnet or Elastic IP",
  description:
    "No EC2 machine but a declared bastion is in a subnet that gives public addresses, or has an Elastic IP.",
  why: "A subnet's default or an Elastic IP puts a DPDK node on the internet, though nothing in the node's own text says so.",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Put the node into a subnet with `mapPublicIpOnLaunch: false`, or write `associatePublicIpAddress: false`; take the Elastic IP away.",
  settings: { bastions },
  judge: ({ resources, getConfig }) => {
    const { bastions: named } = getConfig<{ bastions?: string[] }>();
    const isBastion = (one: PolicyResource) => isNamed(named, one.name) || declaredRole(inputsOf(one)) === "bastion";
    const judged = resources.filter(({ type }) => type in inSubnets || type in elastic);
    if (judged.length === 0) return "the stack has neither EC2 machines nor Elastic IPs";
    const links = linksOf(resources);
    return judged.map(
      (one) => () =>
        one.type in elastic ? elasticMistakes(one, links, isBastion) : subnetMistakes(one, links, isBastion),
    );
  },
});

type IsBastion = (one: PolicyResource) => boolean;

/** The property of each type that names subnets. */
const inSubnets: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(machineTypes.map((type) => [type, ["subnetId", "networkInterfaces"]])),
  "aws:eks/nodeGroup:NodeGroup": ["subnetIds"],
  "aws:autoscaling/group:Group": ["vpcZoneIdentifiers"],
};

const subnet = "aws:ec2/subnet:Subnet";

function subnetMistakes(one: PolicyResource, links: Links, isBastion: IsBastion): StackFinding[] {
  const props = inputsOf(one);
  // What a machine itself says is the other rule's; that it got an address where it said nothing, AWS says in the same property.
  const own: unknown[] = [props.associatePublicIpAddress, ...saidBy(one, links)];
  if (own.some(isFalse) || saidBy(one, links).some(isTrue)) return [];
  const giving = (inSubnets[one.type] as string[])
    .flatMap((property) => links.named(one, property, [subnet]))
    .filter((each) => isTrue(inputsOf(each).mapPublicIpOnLaunch));
  const found = giving.length === 0 ? hasAddress(one) : giving.map((each) => inOpenSubnet(one, each));
  // Last, as tags may not be known: where nothing is wrong nobody need be a bastion.
  return found.length === 0 || isBastion(one) || templatesOf(one, links).some(isBastion) ? [] : found;
}

function inOpenSubnet({ urn }: PolicyResource, { name }: PolicyResource): StackFinding {
  const finding = `subnet ${name} has mapPublicIpOnLaunch, which puts the node on the internet; choose another one, or write associatePublicIpAddress: false`;
  return { urn, finding };
}

/** In a subnet that is none of the stack's, as those of the default VPC are. */
function hasAddress({ urn, props }: PolicyResource): StackFinding[] {
  const address = known(() => props.publicIp as unknown);
  if (typeof address !== "string" || address === "") return [];
  const finding = `it has the public address ${address}, by which it is on the internet; write associatePublicIpAddress: false`;
  return [{ urn, finding }];
}

const template = "aws:ec2/launchTemplate:LaunchTemplate";

function templatesOf(one: PolicyResource, links: Links): PolicyResource[] {
  return ["launchTemplate", "mixedInstancesPolicy"].flatMap((property) => links.named(one, property, [template]));
}

/** The words of its interfaces, and of those of the template that it is started from. */
function saidBy(one: PolicyResource, links: Links): unknown[] {
  return [one, ...templatesOf(one, links)].flatMap((each) => interfacesOf(inputsOf(each)));
}

function interfacesOf(props: PolicyResource["props"]): unknown[] {
  const found: PolicyResource["props"][] = props.networkInterfaces ?? [];
  return [...found.keys()].map((at) => known(() => found[at]?.associatePublicIpAddress as unknown));
}

/** The properties of each type that name what gets the address. */
const elastic: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/eip:Eip": ["instance", "networkInterface"],
  "aws:ec2/eipAssociation:EipAssociation": ["instanceId", "networkInterfaceId"],
};

const holders = ["aws:ec2/instance:Instance", "aws:ec2/networkInterface:NetworkInterface"];

function elasticMistakes(one: PolicyResource, links: Links, isBastion: IsBastion): StackFinding[] {
  if (isBastion(one) || isGateways(one, links)) return [];
  const properties = elastic[one.type] as string[];
  const holding = properties.map((property) => ({ property, by: links.named(one, property, holders) }));
  // AWS fills in the interface of an instance, which need be no resource of the stack.
  const isHeld = holding.some(({ by }) => by.length > 0);
  return holding.flatMap(({ property, by }) => {
    const node = by.find((each) => !isBastion(each));
    const value: unknown = isHeld ? node?.name : inputsOf(one)[property];
    if (typeof value !== "string" || value === "") return [];
    return [
      {
        urn: one.urn,
        finding: `${property} is ${value}, which an Elastic IP puts on the internet; take it away, or declare ${value} a bastion`,
      },
    ];
  });
}

/** What takes an address for others than a machine, with the property that names it. */
const gateways: Readonly<Record<string, string>> = {
  "aws:ec2/natGateway:NatGateway": "allocationId",
  "aws:lb/loadBalancer:LoadBalancer": "subnetMappings",
  "aws:alb/loadBalancer:LoadBalancer": "subnetMappings",
};

/** AWS fills in the interface of a gateway, too. */
function isGateways(one: PolicyResource, links: Links): boolean {
  return Object.entries(gateways).some(([type, property]) =>
    links.naming(one, property).some((each) => each.type === type),
  );
}
