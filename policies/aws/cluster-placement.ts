import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { inputsOf, known } from "./known";
import { type Links, linksOf } from "./links";
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
  judge: ({ resources }) => {
    const machines = resources.filter(({ type }) => machineTypes.includes(type));
    const links = linksOf(resources);
    const started = machines.filter((one) => !startsOne(one, links));
    const alone = started.length === 1 && started[0]?.type !== template;
    if (machines.length === 0 || alone) return "the stack starts fewer than two EC2 machines";
    const places = machines.map((one) => placeOf(one, links));
    const perMachine = places.map((place) => () => (isDpdk(place.machine) ? ofMachine(place, places) : []));
    const perFleet = resources.filter(({ type }) => type in fleets).map((one) => () => ofFleet(one, machines, links));
    return [...perMachine, ...perFleet];
  },
});

const group = "aws:ec2/placementGroup:PlacementGroup";
const subnet = "aws:ec2/subnet:Subnet";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const warn = (one: PolicyResource, warning: string): StackFinding[] => [{ urn: one.urn, finding: { warning } }];

/** What starts machines in several subnets, with the property that lists these. */
const fleets: Readonly<Record<string, string>> = {
  "aws:eks/nodeGroup:NodeGroup": "subnetIds",
  "aws:autoscaling/group:Group": "vpcZoneIdentifiers",
};

const templateProperties = ["launchTemplate", "mixedInstancesPolicy"];

/** What machines are started by from a template: machines themselves, and fleets. */
function startersOf(one: PolicyResource, links: Links): PolicyResource[] {
  const starts = ({ type }: PolicyResource) => machineTypes.includes(type) || type in fleets;
  return templateProperties.flatMap((property) => links.naming(one, property)).filter(starts);
}

/** Whether a template is only what machines of the stack are started from, which are counted themselves. */
function startsOne(one: PolicyResource, links: Links): boolean {
  const starters = startersOf(one, links);
  return starters.length > 0 && !starters.some(({ type }) => type in fleets);
}

/** Where a machine is started; each is read once, though it is compared with all others. */
interface Place {
  readonly machine: PolicyResource;
  /** The placement group of the stack, else what it is called; null where none is named. */
  readonly group: () => PolicyResource | string | null;
  /** Null where neither the machine nor its subnet tells. */
  readonly zone: () => string | null;
}

function placeOf(machine: PolicyResource, links: Links): Place {
  return { machine, group: once(() => groupOf(machine, links)), zone: once(() => zoneOf(machine, links)) };
}

const groupProperties = ["placementGroup", "placementGroupId", "placement"];

function groupOf(one: PolicyResource, links: Links): PolicyResource | string | null {
  // A template may leave it to what starts its machines.
  const offered = startersOf(one, links).find(({ type }) => type in fleets);
  return ownGroupOf(one, links) ?? (offered === undefined ? null : ownGroupOf(offered, links));
}

function ownGroupOf(one: PolicyResource, links: Links): PolicyResource | string | null {
  const [found] = groupProperties.flatMap((property) => links.named(one, property, [group]));
  if (found !== undefined) return found;
  const { placementGroup, placementGroupId, placement } = inputsOf(one);
  const said: unknown = placementGroup || placementGroupId || placement?.groupName || placement?.groupId;
  return typeof said === "string" && said !== "" ? said : null;
}

function ofMachine({ machine: one, ...place }: Place, all: readonly Place[]): StackFinding[] {
  const own = place.group();
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
  const zone = place.zone();
  const other = all.find((each) => {
    const theirs = each.zone();
    return theirs !== null && each.group() === own && theirs !== zone;
  });
  if (zone === null || other === undefined) return [];
  return warn(
    one,
    `it is in zone ${zone} and ${other.machine.name} of the same placement group in ${other.zone()}; a cluster group is in one zone`,
  );
}

function zoneOf(one: PolicyResource, links: Links): string | null {
  const props = inputsOf(one);
  const own: unknown = known(() => props.availabilityZone ?? props.placement?.availabilityZone);
  if (typeof own === "string") return own;
  return zonesOf(one, "subnetId", links)[0] ?? null;
}

function zonesOf(one: PolicyResource, property: string, links: Links): string[] {
  const zones = links
    .named(one, property, [subnet])
    .map((each) => known(() => inputsOf(each).availabilityZone as unknown));
  return [...new Set(zones.filter((zone) => typeof zone === "string"))];
}

/** A node group of which AWS may start a node in another zone than its placement group's. */
function ofFleet(one: PolicyResource, machines: readonly PolicyResource[], links: Links): StackFinding[] {
  const zones = zonesOf(one, fleets[one.type] as string, links);
  if (zones.length < 2) return [];
  const templates = templateProperties.flatMap((property) => links.named(one, property, [template]));
  const starts = machines.some((each) => templates.includes(each) && isDpdk(each));
  if (!starts && !isDpdk(one)) return [];
  return warn(
    one,
    `${fleets[one.type]} are in zones ${zones.join(" and ")}, so DPDK nodes are apart; keep to one zone`,
  );
}
