import type { PolicyResource } from "@pulumi/policy";
import { type StackFinding, stackRule } from "../rule";
import { inputsOf, known, linked } from "./known";
import { inherits, type Machine, machineOf, machineTypes } from "./machine";
import { isDpdk } from "./role";

export const clusterPlacement = stackRule({
  name: "dpdk-cluster-placement",
  displayName: "DPDK nodes are placed together",
  description: "DPDK nodes of a stack are in a cluster placement group, which is in one availability zone.",
  why: "Outside of a cluster placement group one flow between two nodes gets 5 Gbit/s instead of 10, over a longer way.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html#placement-groups-cluster",
  group: "aws",
  severity: "low",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps: 'Make a placement group with `strategy: "cluster"`, name it in each node, and keep to one zone.',
  judge: ({ resources: all }) => {
    const resources = all.filter(isPart); // each of them is compared with all of them
    const machines = resources.filter(({ type }) => machineTypes.includes(type));
    const started = machines.filter((one) => !startsOne(one, resources));
    const alone = started.length === 1 && started[0]?.type !== template;
    if (machines.length === 0 || alone) return "the stack starts fewer than two EC2 machines";
    const perMachine = machines.map((one) => () => (isDpdk(one) ? ofMachine(one, machines, resources) : []));
    const perFleet = resources
      .filter(({ type }) => type in fleets)
      .map((one) => () => ofFleet(one, machines, resources));
    return [...perMachine, ...perFleet];
  },
});

const group = "aws:ec2/placementGroup:PlacementGroup";
const subnet = "aws:ec2/subnet:Subnet";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const isPart = ({ type }: PolicyResource) =>
  machineTypes.includes(type) || type in fleets || [group, subnet].includes(type);
const warn = (one: PolicyResource, warning: string): StackFinding[] => [{ urn: one.urn, finding: { warning } }];

/** What starts machines in several subnets, with the property that lists these. */
const fleets: Readonly<Record<string, string>> = {
  "aws:eks/nodeGroup:NodeGroup": "subnetIds",
  "aws:autoscaling/group:Group": "vpcZoneIdentifiers",
};

type Found = (one: PolicyResource, resources: readonly PolicyResource[]) => PolicyResource[];

/** What machines are started by from a template: machines themselves, and fleets. */
const startersOf: Found = (one, resources) => resources.filter((each) => named(each, resources).includes(one));
const fleetsOf: Found = (one, resources) => startersOf(one, resources).filter(({ type }) => type in fleets);

/** The templates that machines are started from. */
const named: Found = (one, resources) =>
  ["launchTemplate", "mixedInstancesPolicy"].flatMap((property) => linked(one, property, [template], resources));

/** Whether a template is only what machines of the stack are started from, which are counted themselves. */
function startsOne(one: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const starters = startersOf(one, resources);
  return starters.length > 0 && !starters.some(({ type }) => type in fleets);
}

const groupProperties = ["placementGroup", "placementGroupId", "placement"];

/** A machine's placement group: the one of the stack, else what it is called. */
function groupOf(one: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | string | null {
  // A template may leave it to what starts its machines.
  const [offered] = fleetsOf(one, resources);
  return ownGroupOf(one, resources) ?? (offered === undefined ? null : ownGroupOf(offered, resources));
}

function ownGroupOf(one: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | string | null {
  const [found] = groupProperties.flatMap((property) => linked(one, property, [group], resources));
  if (found !== undefined) return found;
  const { placementGroup, placementGroupId, placement } = inputsOf(one);
  const said: unknown = placementGroup || placementGroupId || placement?.groupName || placement?.groupId;
  return typeof said === "string" && said !== "" ? said : null;
}

function ofMachine(
  one: PolicyResource,
  machines: readonly PolicyResource[],
  resources: readonly PolicyResource[],
): StackFinding[] {
  const own = groupOf(one, resources);
  if (own === null) {
    if (inherits(machineOf({ type: one.type, props: inputsOf(one) }) as Machine)) return [];
    return warn(
      one,
      "no placement group is named, so a flow between two nodes is bound to 5 Gbit/s; name one of strategy cluster",
    );
  }
  if (typeof own !== "string") {
    const { strategy } = inputsOf(own);
    if (strategy !== "cluster")
      return warn(one, `placement group ${own.name} has strategy ${strategy}, which puts nodes apart; take cluster`);
  }
  const zone = zoneOf(one, resources);
  const other = machines.find((each) => {
    const theirs = zoneOf(each, resources);
    return theirs !== null && groupOf(each, resources) === own && theirs !== zone;
  });
  if (zone === null || other === undefined) return [];
  return warn(
    one,
    `it is in zone ${zone} and ${other.name} of the same placement group in ${zoneOf(other, resources)}; a cluster group is in one zone`,
  );
}

/** Null where neither the machine nor its subnet tells. */
function zoneOf(one: PolicyResource, resources: readonly PolicyResource[]): string | null {
  const props = inputsOf(one);
  const own: unknown = known(() => props.availabilityZone ?? props.placement?.availabilityZone);
  if (typeof own === "string") return own;
  return zonesOf(one, "subnetId", resources)[0] ?? null;
}

function zonesOf(one: PolicyResource, property: string, resources: readonly PolicyResource[]): string[] {
  const zones = linked(one, property, [subnet], resources).map((each) =>
    known(() => inputsOf(each).availabilityZone as unknown),
  );
  return [...new Set(zones.filter((zone) => typeof zone === "string"))];
}

/** A node group of which AWS may start a node in another zone than its placement group's. */
function ofFleet(
  one: PolicyResource,
  machines: readonly PolicyResource[],
  resources: readonly PolicyResource[],
): StackFinding[] {
  const zones = zonesOf(one, fleets[one.type] as string, resources);
  if (zones.length < 2) return [];
  const templates = named(one, resources);
  const starts = machines.some((each) => templates.includes(each) && isDpdk(each));
  if (!starts && !isDpdk(one)) return [];
  return warn(
    one,
    `${fleets[one.type]} are in zones ${zones.join(" and ")}, so DPDK nodes are apart; keep to one zone`,
  );
}
