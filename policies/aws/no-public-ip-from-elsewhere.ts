import type { PolicyResource } from "@pulumi/policy";
import { type StackFinding, stackRule } from "../rule";
import { inputsOf, isNamed, known, linked } from "./known";
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
    return judged.map(
      (one) => () =>
        one.type in elastic ? elasticMistakes(one, resources, isBastion) : subnetMistakes(one, resources, isBastion),
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

function subnetMistakes(
  one: PolicyResource,
  resources: readonly PolicyResource[],
  isBastion: IsBastion,
): StackFinding[] {
  const props = inputsOf(one);
  // Said by the machine itself: what is true is the other rule's.
  const own: unknown[] = [props.associatePublicIpAddress, ...interfacesOf(props)];
  if (own.some((value) => isFalse(value) || isTrue(value))) return [];
  const giving = (inSubnets[one.type] as string[])
    .flatMap((property) => linked(one, property, [subnet], resources))
    .filter((each) => isTrue(inputsOf(each).mapPublicIpOnLaunch));
  if (giving.length === 0 || isBastion(one)) return [];
  return giving.map(({ name }) => ({
    urn: one.urn,
    finding: `subnet ${name} has mapPublicIpOnLaunch, which puts the node on the internet; choose another one, or write associatePublicIpAddress: false`,
  }));
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

function elasticMistakes(
  one: PolicyResource,
  resources: readonly PolicyResource[],
  isBastion: IsBastion,
): StackFinding[] {
  if (isBastion(one)) return [];
  return (elastic[one.type] as string[]).flatMap((property) => {
    const holding = linked(one, property, holders, resources);
    const node = holding.find((each) => !isBastion(each));
    const value: unknown = holding.length > 0 ? node?.name : inputsOf(one)[property];
    if (typeof value !== "string" || value === "") return [];
    return [
      {
        urn: one.urn,
        finding: `${property} is ${value}, which an Elastic IP puts on the internet; take it away, or declare ${value} a bastion`,
      },
    ];
  });
}
