import { PlacementGroup } from "@pulumi/aws/ec2/placementGroup";
import * as pulumi from "@pulumi/pulumi";
import type { EnaFleetArgs } from "./fleet-args";
import { type FleetPlan, fleetPlan, type PlannedInstance } from "./fleet-plan";
import { fleetTags } from "./fleet-tags";
import type { DpdkMode, InterfacePlan } from "./instance-plan";
import type { NetworkCard } from "./instance-types";
import { type MadeInstance, makeInstance, type Surroundings } from "./make-instance";
import { type MadeNetwork, type Making, makeNetwork } from "./make-network";
import { type MadeSecurity, makeSecurity } from "./make-security";
import { offeredTypes } from "./offered-types";

/** What an instance is, for whoever makes it a DPDK node. What is no output is known in a preview. */
export interface EnaNode {
  readonly name: string;
  readonly index: number;
  readonly zone: string;
  readonly type: string;
  readonly instanceId: pulumi.Output<string>;
  /** The EC2 instance: what is done on it goes with it (`deletedWith`). */
  readonly instance: pulumi.Resource;
  /** Where SSH answers, within the VPC. */
  readonly managementAddress: string;
  /** The Elastic IP of the first DPDK interface; null where there is none. */
  readonly publicAddress: pulumi.Output<string> | null;
  /** The login, who has sudo. */
  readonly user: string;
  readonly interfaces: readonly EnaInterface[];
  readonly mode: DpdkMode;
  /** CPUs that the system has, once `nosmt` is in effect where it must be. */
  readonly cpus: number;
  /** The host plan's kernel arguments must have `nosmt`. */
  readonly needsNosmt: boolean;
  /** What the first boot sets aside, and the host plan must have, too; null where nothing is. */
  readonly hugepages: PlannedInstance["hugepages"];
}

export interface EnaInterface extends Omit<InterfacePlan, "queues" | "sourceDestCheck"> {
  /** Stays when the instance is replaced. It tells the interface on the node, whatever its PCI address is. */
  readonly mac: pulumi.Output<string>;
  /** ENA queues. */
  readonly queues: number;
}

/**
 * EC2 instances with interfaces for DPDK, in a VPC of their own or one that is there: subnets, security groups, cluster placement groups,
 * a launch template, interfaces and an instance for each node. The nodes are entered as their image's user; what they must be is `DpdkHost`'s.
 *
 * No instance that runs is replaced by a new image, type or user data: see `EnaFleetArgs`. Its addresses and MACs stay also when it is.
 *
 * @throws AwsError before anything is made: which value, and what to do. What AWS alone knows (a zone without the type) is asked at preview.
 * @example
 * const fleet = new EnaFleet("validators", {
 *   region: "eu-central-1",
 *   environment: "mainnet",
 *   network: { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} } },
 *   access: { sessionManager: true, sshKeys: ["ssh-ed25519 AAAA… operator"] },
 *   images: { x86_64: { ami: "ami-0123456789abcdef0", distribution: "debian-12" } },
 *   instances: [{ name: "validator-00", index: 0, type: "c6in.metal", zone: "eu-central-1a", elasticIp: true }],
 * });
 */
export class EnaFleet extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** By index. */
  readonly nodes: readonly EnaNode[];

  constructor(name: string, args: EnaFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:aws:EnaFleet", name, {}, opts);
    const plan = fleetPlan(name, args);
    const making = { fleet: name, region: args.region, tags: fleetTags(name, args.tags), parent: this };
    const network = makeNetwork(plan.network, making);
    const security = makeSecurity(plan, network, making);
    const made = makeInstances(plan, args, network, security, making);
    this.vpcId = pulumi.output(network.vpcId);
    this.nodes = made.map(nodeOf);
    this.registerOutputs({ vpcId: this.vpcId, nodes: this.nodes.map(({ instance: _, ...node }) => node) });
  }
}

function makeInstances(
  { instances, placementZones }: FleetPlan,
  args: EnaFleetArgs,
  network: MadeNetwork,
  security: MadeSecurity,
  making: Making,
): MadeInstance[] {
  const groups = new Map(placementZones.map((zone) => [zone, makeGroup(zone, making)]));
  const offered = offeredTypes(args, making);
  const { kmsKey, containersAskMetadata } = args;
  const made: MadeInstance[] = [];
  for (const plan of instances) {
    const around: Surroundings = {
      network,
      security,
      group: groups.get(plan.zone) as PlacementGroup,
      offered,
      hopLimit: containersAskMetadata === true ? 2 : 1,
      kmsKey,
      after: batchBefore(plan, made),
    };
    made.push(makeInstance(plan, around, making));
  }
  return made;
}

/** Those that were replaced just before: instances come by index, and so do batches. */
function batchBefore({ batch }: PlannedInstance, made: readonly MadeInstance[]): pulumi.Resource[] {
  if (batch === null) return [];
  const earlier = made.flatMap(({ plan }) => (plan.batch !== null && plan.batch < batch ? [plan.batch] : []));
  const last = Math.max(...earlier);
  return made.filter(({ plan }) => plan.batch === last).map(({ instance }) => instance);
}

/** A cluster placement group is in one zone: one flow has 10 Gbit/s in it, and 5 outside (AWS, EC2, "Placement strategies"). */
function makeGroup(zone: string, { fleet, region, tags, parent }: Making): PlacementGroup {
  const name = `${fleet}-${zone}`;
  return new PlacementGroup(name, { region, name, strategy: "cluster", tags: tags(name) }, { parent });
}

function nodeOf({ plan, instance, interfaces, elasticIp }: MadeInstance): EnaNode {
  const { name, index, zone, type, user, mode, cpus, needsNosmt, hugepages } = plan;
  const [management] = plan.interfaces as [InterfacePlan, ...InterfacePlan[]];
  return {
    ...{ name, index, zone, type: type.name, user, mode, cpus, needsNosmt, hugepages },
    instanceId: instance.id,
    instance,
    managementAddress: management.address,
    publicAddress: elasticIp?.publicIp ?? null,
    interfaces: plan.interfaces.map(({ queues, sourceDestCheck: _, ...one }, at) => ({
      ...one,
      mac: interfaces[at]?.macAddress as pulumi.Output<string>,
      queues: queues ?? (type.cards[one.networkCard] as NetworkCard).defaultQueues,
    })),
  };
}
