import { createHash } from "node:crypto";
import { Eip } from "@pulumi/aws/ec2/eip";
import { Instance } from "@pulumi/aws/ec2/instance";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { NetworkInterface } from "@pulumi/aws/ec2/networkInterface";
import type { PlacementGroup } from "@pulumi/aws/ec2/placementGroup";
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedInstance } from "./fleet-plan";
import { FORWARDING_TAG, ROLE_TAG, type Tags } from "./fleet-tags";
import type { InterfacePlan } from "./instance-plan";
import type { MadeNetwork, MadeZone, Making } from "./make-network";
import type { MadeSecurity } from "./make-security";

/** What one instance is made in. */
export interface Surroundings {
  readonly network: MadeNetwork;
  readonly security: MadeSecurity;
  readonly group: PlacementGroup;
  /** Gives the type once it is known that the zone offers it. */
  readonly offered: (type: string) => pulumi.Input<string>;
  readonly hopLimit: number;
  readonly kmsKey: pulumi.Input<string> | undefined;
  /** Instances of the batch before, which are replaced first. */
  readonly after: readonly pulumi.Resource[];
}

export interface MadeInstance {
  readonly plan: PlannedInstance;
  readonly instance: Instance;
  /** As the plan's. */
  readonly interfaces: readonly NetworkInterface[];
  readonly elasticIp: Eip | null;
}

/** Interfaces first: they outlive an instance that is replaced, so that its addresses and MACs stay. */
export function makeInstance(plan: PlannedInstance, around: Surroundings, making: Making): MadeInstance {
  const interfaces = plan.interfaces.map((one) => makeInterface(plan, one, around, making));
  const template = makeTemplate(plan, interfaces, around, making);
  const elasticIp = plan.hasElasticIp ? makeElasticIp(plan, interfaces[1] as NetworkInterface, around, making) : null;
  const { fleet, region, tags, parent } = making;
  const title = `${fleet}-${plan.name}`;
  const instance = new Instance(
    title,
    {
      region,
      launchTemplate: { id: template.id, version: "$Latest" },
      disableApiTermination: plan.isProtected,
      tags: tags(title, { [ROLE_TAG]: "dpdk", "pantheonchain.org/generation": plan.generation }),
    },
    {
      parent,
      protect: plan.isProtected,
      // Its interfaces can be attached to one instance only.
      deleteBeforeReplace: true,
      // The image stands in the template. A refresh writes the version that an instance really has, and the provider would replace
      // it where that is not the latest (terraform-provider-aws, ec2_instance.go, CustomizeDiff).
      ignoreChanges: ["ami", "launchTemplate.version"],
      dependsOn: [...zoneOf(plan, around).ready, ...around.security.ready, ...around.after],
    },
  );
  return { plan, instance, interfaces, elasticIp };
}

function zoneOf({ zone }: PlannedInstance, { network }: Surroundings): MadeZone {
  return network.zones.get(zone) as MadeZone;
}

function makeInterface(
  plan: PlannedInstance,
  one: InterfacePlan,
  around: Surroundings,
  making: Making,
): NetworkInterface {
  const { fleet, region, tags, parent } = making;
  const name = `${fleet}-${plan.name}-${one.name}`;
  return new NetworkInterface(
    name,
    {
      region,
      subnetId: zoneOf(plan, around)[one.role],
      description: `${one.name} of ${plan.name}`,
      privateIps: [one.address],
      securityGroups: [around.security[one.role]],
      sourceDestCheck: one.sourceDestCheck,
      tags: tags(name, interfaceTags(plan, one.role)),
    },
    { parent },
  );
}

/** Forwarding is the interfaces' alone: an instance that has its interfaces from a template has no check of its own. */
function interfaceTags({ isForwarding }: PlannedInstance, role: InterfacePlan["role"]): Tags {
  if (role === "management") return { [ROLE_TAG]: "other" };
  return { [ROLE_TAG]: "dpdk", ...(isForwarding ? { [FORWARDING_TAG]: "true" } : {}) };
}

/**
 * All that makes the instance. One for each generation and place: another template is another id, which is what replaces an instance; all
 * else changes the template and no instance that runs.
 */
function makeTemplate(
  plan: PlannedInstance,
  interfaces: readonly NetworkInterface[],
  around: Surroundings,
  making: Making,
): LaunchTemplate {
  const { fleet, region, tags, parent } = making;
  const { type, image, cpuOptions, userData } = plan;
  const title = `${fleet}-${plan.name}`;
  const { profile } = around.security;
  return new LaunchTemplate(
    `${title}-${placeOf(plan)}-${plan.generation}`,
    {
      region,
      description: `${title}, generation ${plan.generation}`,
      updateDefaultVersion: true,
      imageId: image.ami,
      instanceType: around.offered(type.name),
      ...(cpuOptions === null ? {} : { cpuOptions }),
      ...(profile === null ? {} : { iamInstanceProfile: { name: profile } }),
      placement: { groupName: around.group.name },
      monitoring: { enabled: true },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: around.hopLimit,
        instanceMetadataTags: "disabled",
      },
      blockDeviceMappings: [rootVolume(plan, around)],
      networkInterfaces: plan.interfaces.map(({ deviceIndex, networkCard, queues }, at) => ({
        deviceIndex,
        networkCardIndex: networkCard,
        networkInterfaceId: (interfaces[at] as NetworkInterface).id,
        deleteOnTermination: "false",
        ...(queues === null ? {} : { enaQueueCount: queues }),
      })),
      userData: Buffer.from(userData).toString("base64"),
      tagSpecifications: [{ resourceType: "volume", tags: tags(title) }],
      tags: tags(title, { [ROLE_TAG]: "dpdk" }),
    },
    { parent },
  );
}

function rootVolume({ rootDevice, rootGiB }: PlannedInstance, { kmsKey }: Surroundings) {
  const own = kmsKey === undefined ? {} : { kmsKeyId: kmsKey };
  return {
    deviceName: rootDevice,
    ebs: { volumeType: "gp3", volumeSize: rootGiB, encrypted: "true", deleteOnTermination: "true", ...own },
  };
}

/** Short, and another one where an interface must be another: then the instance must be, too. */
function placeOf({ zone, interfaces }: PlannedInstance): string {
  const [management, dpdk] = interfaces;
  return createHash("sha256").update(`${zone} ${management?.address} ${dpdk?.address}`).digest("hex").slice(0, 6);
}

function makeElasticIp(plan: PlannedInstance, nic: NetworkInterface, around: Surroundings, making: Making): Eip {
  const { fleet, region, tags, parent } = making;
  const name = `${fleet}-${plan.name}`;
  const { gateway } = around.network;
  return new Eip(
    name,
    { region, domain: "vpc", networkInterface: nic.id, tags: tags(name) },
    // Peers know the address: it is lost for ever with the resource.
    { parent, protect: plan.isProtected, dependsOn: gateway === null ? [] : [gateway] },
  );
}
