import { z } from "zod";
import { account, field, name } from "./fields";
import { awsSchema, instanceSchema } from "./schema-aws";
import { sshSchema } from "./schema-connection";
import { dataPlaneSchema } from "./schema-data-plane";
import { hardwareSchema, machineSchema } from "./schema-hardware";
import { kubeletSchema } from "./schema-kubelet";
import { kubernetesSchema } from "./schema-kubernetes";
import { dpdkSchema, packageFields } from "./schema-packages";
import { requirementsSchema } from "./schema-requirements";
import { serviceSchema } from "./schema-service";
import {
  acceptUnprovedSchema,
  cpusSchema,
  filesSchema,
  hugepagesSchema,
  kernelSchema,
  limitsSchema,
  nicsSchema,
  sysctlSchema,
} from "./schema-settings";
import { tuningSchema } from "./schema-tuning";

/**
 * A node with its profile merged in. Plain values in, plain values out: what the fields mean together is checked
 * afterwards.
 */
export const nodeSchema = z.strictObject({
  profile: field(name().optional(), "Settings to start from; what the node says itself goes first.", {
    reboot: true,
    example: "validator",
  }),
  machine: field(
    name().optional(),
    "Virtual machine of the lab that this node runs on; ssh.host, port and hostKey come from it.",
    {
      reboot: false,
      example: "alpha",
    },
  ),
  instance: instanceSchema.optional(),
  ssh: sshSchema.prefault({}),
  hardware: hardwareSchema.optional(),
  requirements: requirementsSchema.optional(),
  cpus: cpusSchema,
  hugepages: hugepagesSchema,
  kernel: kernelSchema,
  acceptUnproved: acceptUnprovedSchema,
  nics: nicsSchema.default([]),
  sysctl: sysctlSchema.default({}),
  ...packageFields,
  dpdk: dpdkSchema.optional(),
  files: filesSchema.default([]),
  dataPlane: dataPlaneSchema.optional(),
  service: serviceSchema.optional(),
  kubelet: kubeletSchema.optional(),
  memlockGroups: field(
    z.array(account()).optional(),
    "Groups whose members may lock any amount of memory in a login of their own (pam_limits), to run testpmd by hand. The " +
      "service needs no entry: its unit has LimitMEMLOCK=infinity.",
    { reboot: false, example: ["hugepages"] },
  ),
  tuning: tuningSchema.optional(),
  limits: limitsSchema.prefault({}),
});

export type NodeInput = z.output<typeof nodeSchema>;

/**
 * The fleet file as it stands. Profiles and nodes are taken as they are here and checked by nodeSchema once they are
 * merged, because a profile alone is not complete.
 */
export const fleetSchema = z.strictObject({
  version: field(
    z.literal(1, { error: "must be 1, the version of this format" }),
    "Version of the fleet file's format.",
    {
      reboot: false,
      example: 1,
    },
  ),
  site: field(name(), "Name of the site; a validator set stays within one.", { reboot: false, example: "lab" }),
  profiles: z
    .record(name(), z.record(z.string(), z.unknown()))
    .default({})
    .meta({ description: "Settings that several nodes share. Maps are merged key by key, lists are replaced." }),
  machines: z
    .record(name(), machineSchema)
    .default({})
    .meta({ description: "Virtual machines of the lab. They stay when a node is taken out of the fleet." }),
  provider: field(
    z.enum(["bare-metal", "kubernetes", "aws"]).default("bare-metal"),
    "Where data planes run: as services of the nodes, or as pods of a cluster, which `kubernetes` describes. The nodes are " +
      "then servers that the cluster has as workers, or none where somebody else prepares those. aws: services of nodes that are " +
      "EC2 instances, which `aws` describes.",
    { reboot: false, example: "kubernetes" },
  ),
  kubernetes: kubernetesSchema.optional(),
  aws: awsSchema.optional(),
  nodes: z.record(name(), z.record(z.string(), z.unknown())).meta({ description: "The DPDK nodes, by name." }),
});

export type FleetInput = z.output<typeof fleetSchema>;
