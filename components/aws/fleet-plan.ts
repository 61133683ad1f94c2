import { refuseAccess } from "./access-mistakes";
import type { EnaFleetArgs } from "./fleet-args";
import { refuseInstances } from "./instance-mistakes";
import { type InstancePlan, instancePlan } from "./instance-plan";
import { refuseNetwork } from "./network-mistakes";
import { type NetworkPlan, networkPlan, type ZonePlan } from "./network-plan";
import { type Refuse, refuseNoName, refusing } from "./refusals";
import { roleStatements, type Statement } from "./role-plan";
import { refuseRollout } from "./rollout-mistakes";
import { type SecurityPlan, securityPlan } from "./security-plan";
import { refuseUnoffered } from "./type-offerings";
import { userData } from "./user-data";

/** All that a fleet is, before anything is made. */
export interface FleetPlan {
  readonly network: NetworkPlan;
  readonly security: SecurityPlan;
  /** Zones, each with a cluster placement group: also with one instance, since another group would replace it. */
  readonly placementZones: readonly string[];
  /** Null where nodes need no role. */
  readonly role: readonly Statement[] | null;
  /** By index. */
  readonly instances: readonly PlannedInstance[];
}

export interface PlannedInstance extends InstancePlan {
  readonly userData: string;
}

/**
 * Pure: the same arguments are the same fleet, whatever there is.
 *
 * @throws AwsError for the first mistake: where, which value, what to do.
 */
export function fleetPlan(name: string, args: EnaFleetArgs): FleetPlan {
  const refuse: Refuse = refusing(name);
  refuseFleet(name, args, refuse);
  const network = networkPlan(args);
  refuseInstances(args, network, refuse);
  if (args.offerings !== undefined) refuseUnoffered(args, args.offerings, refuse);
  const instances = [...args.instances].sort((one, other) => one.index - other.index);
  return {
    network,
    security: securityPlan(args, network),
    placementZones: [...new Set(instances.map(({ zone }) => zone))].sort(),
    role: roleStatements(args.access),
    instances: instances.map((instance) => {
      const zone = network.zones.find((each) => each.zone === instance.zone) as ZonePlan;
      const planned = instancePlan(args, instance, zone);
      const firstBoot = { sshKeys: args.access.sshKeys, hugepages: planned.hugepages };
      return { ...planned, userData: userData(firstBoot, refuse) };
    }),
  };
}

function refuseFleet(name: string, args: EnaFleetArgs, refuse: Refuse): void {
  refuseNoName("the fleet's name is none", name, refuse);
  refuseNetwork(args, refuse);
  refuseAccess(args, refuse);
  refuseRollout(args, refuse);
}
