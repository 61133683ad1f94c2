import { z } from "zod";
import { DISTRIBUTIONS, type DistributionName } from "../aws/distributions";
import { count, field, name, text } from "./fields";

// What each field does in AWS, and what replaces an instance, is told in components/aws/fleet-args.ts, whose fields these are.
const quiet = { reboot: false } as const;
const range = () => text(/^[0-9a-fA-F.:]+\/\d{1,3}$/, "must be a range such as 198.51.100.0/28");
const zoneName = () => text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "must be an availability zone such as eu-central-1a");

const ranges = {
  management: field(range().optional(), "Range of the subnet for management.", { ...quiet, example: "10.80.0.0/21" }),
  dpdk: field(range().optional(), "Range of the subnet for DPDK.", { ...quiet, example: "10.80.128.0/20" }),
};

const newNetwork = z.strictObject({
  kind: z.literal("new"),
  cidr: field(range(), "Range of the VPC that the fleet makes and owns, from /16 to /21.", {
    ...quiet,
    example: "10.80.0.0/16",
  }),
  zones: field(
    z.record(zoneName(), z.strictObject(ranges)),
    "Availability zones, with the ranges of their subnets; left out, they are computed from the VPC's and the zone's letter.",
    { ...quiet, example: { "eu-central-1a": {} } },
  ),
  taken: field(z.array(range()).optional(), "Ranges of networks that are reached from the VPC. Default: none.", {
    ...quiet,
    example: ["10.0.0.0/16"],
  }),
  egress: field(
    z.enum(["nat", "none"]).default("nat"),
    "How nodes reach package and image registries: a NAT gateway in each zone, or not at all.",
    { ...quiet, example: "nat" },
  ),
});

const subnet = z.strictObject({
  id: field(text(/^subnet-[0-9a-f]+$/, "must be a subnet such as subnet-0a1b2c3d"), "Subnet that is there.", {
    ...quiet,
    example: "subnet-0a1b2c3d",
  }),
  cidr: field(range(), "Its range; the upper half of its addresses is the fleet's.", {
    ...quiet,
    example: "10.80.0.0/21",
  }),
});

const existingNetwork = z.strictObject({
  kind: z.literal("existing"),
  vpcId: field(text(/^vpc-[0-9a-f]+$/, "must be a VPC such as vpc-0a1b2c3d"), "VPC that is there, with its routes.", {
    ...quiet,
    example: "vpc-0a1b2c3d",
  }),
  zones: field(
    z.record(zoneName(), z.strictObject({ management: subnet, dpdk: subnet })),
    "Subnets that are there, by zone: management and DPDK apart.",
    {
      ...quiet,
      example: {
        "eu-central-1a": {
          management: { id: "subnet-0a", cidr: "10.80.0.0/21" },
          dpdk: { id: "subnet-0b", cidr: "10.80.128.0/20" },
        },
      },
    },
  ),
});

const access = z
  .strictObject({
    sshFrom: field(
      z.array(range()).default([]),
      "Ranges from which SSH is let in, never the whole internet. The engine enters the nodes from one of them, or through " +
        "ssh.via. With sessionManager alone people enter, and the engine cannot.",
      { ...quiet, example: ["198.51.100.0/28"] },
    ),
    sessionManager: field(
      z.boolean().default(false),
      "Whether people enter the nodes through Session Manager, for which the nodes get a role.",
      { ...quiet, example: true },
    ),
    sshKeys: field(
      z.array(z.string().min(1)).min(1, "must have one public key at least"),
      "Lines of an authorized_keys file for the image's own user: public keys.",
      { ...quiet, example: ["ssh-ed25519 AAAA… operator"] },
    ),
  })
  .meta({ description: "Who may log in." });

const image = z
  .strictObject({
    ami: field(
      text(/^ami-[0-9a-f]+$/, "must be an image such as ami-0123456789abcdef0"),
      "Image of the instances, pinned.",
      { ...quiet, example: "ami-0123456789abcdef0" },
    ),
    distribution: field(
      z.enum(Object.keys(DISTRIBUTIONS) as [DistributionName, ...DistributionName[]]),
      "Tells the image's user and root device.",
      { ...quiet, example: "debian-12" },
    ),
    writeCombiningKernel: field(
      z.string().optional(),
      "Kernel of the image, where its vfio-pci is patched for write combining. Instances without IOMMU need it. Default: stock " +
        "vfio-pci.",
      { ...quiet, example: "6.1.0-28-cloud-amd64" },
    ),
  })
  .meta({ description: "Image of one architecture." });

const rollout = {
  to: field(count(2, 1_000_000), "The generation that comes.", { ...quiet, example: 2 }),
  size: field(count(1, 10_000), "Indexes of a batch: no more instances are replaced at once.", {
    ...quiet,
    example: 3,
  }),
  batches: field(count(0, 10_000), "Batches that have it already or get it now.", { ...quiet, example: 1 }),
};

/** The section `aws`: where the instances are, and how they are entered. */
export const awsSchema = z
  .strictObject({
    region: field(
      text(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as eu-central-1"),
      "Region. Another one replaces everything.",
      { ...quiet, example: "eu-central-1" },
    ),
    environment: field(
      z.enum(["lab", "staging", "mainnet"]).default("staging"),
      "mainnet: instances and Elastic IPs are protected, by the engine and by AWS.",
      { ...quiet, example: "mainnet" },
    ),
    network: field(
      z.discriminatedUnion("kind", [newNetwork, existingNetwork], {
        error: "must be a map with kind: new or kind: existing",
      }),
      "A VPC of the fleet's own, or one that is there. Another one replaces everything.",
      { ...quiet, example: { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} } } },
    ),
    access,
    peerPort: field(
      count(1, 65535).default(30900),
      "UDP port that is let in on DPDK interfaces: dataPlane.network.port of the nodes.",
      { ...quiet, example: 30900 },
    ),
    peers: field(z.array(range()).default([]), "Ranges of peers outside of the fleet.", {
      ...quiet,
      example: ["203.0.113.0/24"],
    }),
    images: field(
      z.strictObject({ x86_64: image.optional(), arm64: image.optional() }),
      "Image of each architecture that instances have.",
      { ...quiet, example: { x86_64: { ami: "ami-0123456789abcdef0", distribution: "debian-12" } } },
    ),
    generation: field(count(1, 1_000_000).default(1), "By a new one all instances are replaced at once.", {
      ...quiet,
      example: 2,
    }),
    rollout: field(
      z.strictObject(rollout).optional(),
      "Another generation in batches: instances of index 0 to size - 1 are the first. Raise batches by one an update.",
      { ...quiet, example: { to: 2, size: 3, batches: 1 } },
    ),
    unprotected: field(
      z.array(name()).default([]),
      "Nodes of mainnet whose instances a later update may replace or delete.",
      { ...quiet, example: ["validator-07"] },
    ),
    kmsKey: field(z.string().optional(), "KMS key of the root volumes, by its ARN. Default: AWS's own key for EBS.", {
      ...quiet,
      example: "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d",
    }),
    offerings: field(
      z.record(zoneName(), z.array(z.string())).optional(),
      "Instance types that each zone offers. Default: AWS is asked at preview.",
      { ...quiet, example: { "eu-central-1a": ["c6in.metal"] } },
    ),
    tags: field(z.record(z.string(), z.string()).default({}), "Tags of everything.", {
      ...quiet,
      example: { team: "validators" },
    }),
  })
  .meta({
    description: "Where the fleet's EC2 instances are; each node has its own `instance`. Goes with provider: aws.",
  });

/** The instance of a node. */
export const instanceSchema = z
  .strictObject({
    index: field(
      count(0, 10_000),
      "Its own for ever: its addresses are computed from it. Another one replaces the instance.",
      { reboot: true, example: 0 },
    ),
    type: field(
      text(/^[a-z0-9-]+\.[a-z0-9-]+$/, "must be an instance type such as c6in.metal"),
      "Instance type. Takes effect by a new generation.",
      { reboot: true, example: "c6in.metal" },
    ),
    zone: field(zoneName(), "One of aws.network.zones. Another one replaces the instance.", {
      reboot: true,
      example: "eu-central-1a",
    }),
    dpdkInterfaces: field(
      count(1, 15).default(1),
      "Interfaces for DPDK beside management's, the NICs dpdk0, dpdk1, … of the node. By a new generation.",
      { reboot: true, example: 2 },
    ),
    queues: field(
      count(1, 128).optional(),
      "ENA queues of each DPDK interface. By a new generation. Default: the type's own number.",
      { reboot: true, example: 8 },
    ),
    elasticIp: field(z.boolean().default(false), "A public address on dpdk0, for a validator that peers must find.", {
      ...quiet,
      example: true,
    }),
    forwarding: field(z.boolean().default(false), "Whether its DPDK interfaces forward packets of others.", {
      ...quiet,
      example: true,
    }),
    noIommu: field(
      z.literal("accepted", { error: "must be `accepted`, or left out" }).optional(),
      "Types that are not metal have no IOMMU: DPDK's NIC reaches all memory. `accepted` opts in; kernel.vfioNoIommu goes " +
        "with it. By a new generation.",
      { reboot: true, example: "accepted" },
    ),
    smt: field(z.boolean().default(false), "Both threads of a core. By a new generation.", {
      reboot: true,
      example: true,
    }),
    rootGiB: field(count(8, 16_384).default(30), "Size of the root volume. By a new generation.", {
      unit: "GiB",
      reboot: true,
      example: 50,
    }),
    generation: field(count(1, 1_000_000).default(1), "Raised, it replaces this instance alone.", {
      reboot: true,
      example: 2,
    }),
  })
  .meta({
    description:
      "The EC2 instance that the node is. It tells the address, the user and the host key of ssh, and hardware, where those are left out.",
  });

export type AwsInput = z.output<typeof awsSchema>;
export type InstanceInput = z.output<typeof instanceSchema>;
