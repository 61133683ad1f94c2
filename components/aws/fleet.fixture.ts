import type { EnaFleetArgs, EnaInstance } from "./fleet-args";

/** An operator's key; nobody has the private one. */
export const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5vdEFLZXlPZkFueWJvZHlCdXRBVGVzdHNPbmU0 operator@example";

const region = "eu-central-1";
const debian = { ami: "ami-0123456789abcdef0", distribution: "debian-12" } as const;
const patched = { ...debian, writeCombiningKernel: "6.1.0-28-cloud-amd64" } as const;

/** One virtualised instance, entered by SSH; what a test changes comes on top. */
export function oneVirtual(changes: Partial<EnaFleetArgs> = {}): EnaFleetArgs {
  return {
    region,
    environment: "lab",
    network: { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} } },
    access: { sshFrom: ["198.51.100.0/28"], sshKeys: [KEY] },
    images: { x86_64: patched },
    instances: [virtual()],
    offerings: { "eu-central-1a": ["c6in.8xlarge"] },
    ...changes,
  };
}

/** Its only instance. */
export function virtual(changes: Partial<EnaInstance> = {}): EnaInstance {
  return {
    name: "solo",
    index: 0,
    type: "c6in.8xlarge",
    zone: "eu-central-1a",
    noIommu: "accepted",
    queues: 16,
    hugepages: { size: "1G", pages: [4] },
    ...changes,
  };
}

/** Validators on metal in three zones, that peers find at Elastic IPs, and that Session Manager enters. */
export function mainnet(changes: Partial<EnaFleetArgs> = {}): EnaFleetArgs {
  const zones = ["a", "b", "c"].map((letter) => `${region}${letter}`);
  return {
    region,
    environment: "mainnet",
    network: { kind: "new", cidr: "10.64.0.0/16", zones: Object.fromEntries(zones.map((zone) => [zone, {}])) },
    access: { sessionManager: true, sshKeys: [KEY] },
    peers: ["203.0.113.0/24"],
    images: { x86_64: debian, arm64: { ...debian, ami: "ami-0fedcba9876543210" } },
    instances: zones.map((zone, index) => ({
      name: `validator-0${index}`,
      index,
      type: index === 2 ? "c7gn.metal" : "c6in.metal",
      zone,
      elasticIp: true,
    })),
    offerings: Object.fromEntries(zones.map((zone) => [zone, ["c6in.metal", "c7gn.metal"]])),
    tags: { "cost-center": "validators" },
    ...changes,
  };
}

/** Twenty of four types, two DPDK interfaces each, in a VPC that is there; some forward. */
export function mixed(changes: Partial<EnaFleetArgs> = {}): EnaFleetArgs {
  const types = ["c6in.32xlarge", "c8gn.24xlarge", "m6in.8xlarge", "c7gn.metal"];
  const zones = ["eu-central-1a", "eu-central-1b"];
  const subnet = (id: string, cidr: string) => ({ id: `subnet-${id}`, cidr });
  return {
    region,
    environment: "staging",
    network: {
      kind: "existing",
      vpcId: "vpc-0a1b2c3d",
      zones: {
        "eu-central-1a": { management: subnet("0a", "10.9.0.0/24"), dpdk: subnet("1a", "10.9.16.0/20") },
        "eu-central-1b": { management: subnet("0b", "10.9.1.0/24"), dpdk: subnet("1b", "10.9.32.0/20") },
      },
    },
    access: { sshFrom: ["198.51.100.0/28", "2001:db8:1::/48"], sessionManager: true, sshKeys: [KEY] },
    images: { x86_64: patched, arm64: { ...patched, ami: "ami-0fedcba9876543210" } },
    instances: Array.from({ length: 20 }, (_, at): EnaInstance => {
      const type = types[at % 4] as string;
      return {
        name: `node-${at}`,
        index: at * 2,
        type,
        zone: zones[at % 2] as string,
        dpdkInterfaces: 2,
        ...(type.endsWith("metal") ? {} : { noIommu: "accepted" as const }),
        ...(at === 4 ? { forwarding: true } : {}),
      };
    }),
    offerings: Object.fromEntries(zones.map((zone) => [zone, types])),
    ...changes,
  };
}
