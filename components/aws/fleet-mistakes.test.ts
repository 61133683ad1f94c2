import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "./errors";
import { KEY, mainnet, mixed, oneVirtual, virtual } from "./fleet.fixture";
import type { EnaFleetArgs, EnaInstance } from "./fleet-args";
import { fleetPlan } from "./fleet-plan";

const zones = (dpdk: string, management = "10.80.0.0/24") => ({ "eu-central-1a": { management, dpdk } });
const network = (changes: object): Partial<EnaFleetArgs> => ({
  network: { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} }, ...changes },
});
const existing = (management: object, dpdk: object): Partial<EnaFleetArgs> => ({
  network: {
    kind: "existing",
    vpcId: "vpc-0a1b2c3d",
    zones: {
      "eu-central-1a": {
        management: { id: "subnet-0a", cidr: "10.9.0.0/24", ...management },
        dpdk: { id: "subnet-0b", cidr: "10.9.16.0/20", ...dpdk },
      },
    },
  },
});
const access = (changes: object): Partial<EnaFleetArgs> => ({ access: { ...oneVirtual().access, ...changes } });
const one = (changes: Partial<EnaInstance>): Partial<EnaFleetArgs> => ({ instances: [virtual(changes)] });
const image = (changes: object): Partial<EnaFleetArgs> => ({
  images: { x86_64: { ...oneVirtual().images.x86_64, ...changes } as EnaFleetArgs["images"]["x86_64"] & object },
});

const cases: readonly (readonly [what: string, changes: Partial<EnaFleetArgs>, says: RegExp])[] = [
  [
    "a type that cannot hold the interfaces",
    one({ type: "c6in.large", dpdkInterfaces: 3 }),
    /instances\[0\] \(solo\): c6in\.large takes 3 interfaces, and management with dpdkInterfaces 3 are 4; take c6in\.xlarge, or write 2 at most/,
  ],
  [
    "more interfaces than addresses",
    one({ dpdkInterfaces: 16 }),
    /dpdkInterfaces is 16; write a whole number from 1 to 15/,
  ],
  ["a type that nobody knows", one({ type: "t3.large" }), /type t3\.large is not in .*; take a family of c5n,/],
  [
    "a size that is not there",
    one({ type: "c6in.3xlarge" }),
    /type c6in\.3xlarge is not in .*; write one of c6in\.large,/,
  ],
  [
    "a DPDK subnet equal to the management subnet",
    network({ zones: zones("10.80.0.0/24") }),
    /network\.zones\.eu-central-1a\.management \(10\.80\.0\.0\/24\) overlaps network\.zones\.eu-central-1a\.dpdk \(10\.80\.0\.0\/24\); give each a range of its own: 10\.80\.80\.0\/24 is free/,
  ],
  [
    "the same of subnets that are there",
    existing({ id: "subnet-0b" }, {}),
    /dpdk\.id is subnet-0b, as .*management\.id is/,
  ],
  [
    "their ranges, where they overlap",
    existing({ cidr: "10.9.16.0/24" }, {}),
    /management \(10\.9\.16\.0\/24\) overlaps .*dpdk/,
  ],
  [
    "a range that is another zone's",
    network({ zones: { "eu-central-1a": { dpdk: "10.80.144.0/20" }, "eu-central-1b": {} } }),
    /eu-central-1a\.dpdk \(10\.80\.144\.0\/20\) overlaps network\.zones\.eu-central-1b\.dpdk .*10\.80\.80\.0\/20 is free/,
  ],
  [
    "a range of NAT's",
    network({ zones: zones("10.80.64.0/24") }),
    /overlaps the NAT gateway's subnet of eu-central-1a/,
  ],
  [
    "a range outside of the VPC",
    network({ zones: zones("10.81.0.0/20") }),
    /10\.81\.0\.0\/20, outside of network\.cidr/,
  ],
  [
    "a VPC over a network that is reached",
    network({ taken: ["10.0.0.0/8"] }),
    /overlaps network\.taken\[0\] 10\.0\.0\.0\/8/,
  ],
  [
    "a VPC that is too large",
    network({ cidr: "10.0.0.0/8" }),
    /network\.cidr is 10\.0\.0\.0\/8; write a range from \/16 to \/21/,
  ],
  [
    "a subnet that is too small",
    network({ zones: zones("10.80.128.0/29") }),
    /dpdk is 10\.80\.128\.0\/29; .*\/16 to \/28/,
  ],
  [
    "a range with host bits",
    network({ cidr: "10.80.0.1/16" }),
    /network\.cidr is 10\.80\.0\.1\/16; write the first address/,
  ],
  ["no zones", network({ zones: {} }), /network\.zones is empty/],
  [
    "a zone of another region",
    network({ zones: { "us-east-1a": {} } }),
    /network\.zones has us-east-1a; write zones of/,
  ],
  ["a region that is none", { region: "frankfurt" }, /region is frankfurt/],
  [
    "a VPC that is no id",
    { network: { ...mixed().network, vpcId: "main" } as EnaFleetArgs["network"] },
    /vpcId is main/,
  ],
  [
    "a zone without the type",
    { offerings: { "eu-central-1a": ["c6in.metal"], "eu-central-1b": ["c6in.8xlarge"] } },
    /instances\[0\] \(solo\): eu-central-1a does not offer c6in\.8xlarge; write zone eu-central-1b, or another type/,
  ],
  [
    "a region without the type",
    { offerings: {} },
    /eu-central-1 does not offer c6in\.8xlarge; take another type or region/,
  ],
  [
    "no IOMMU without opt-in",
    { instances: [{ name: "solo", index: 0, type: "c6in.8xlarge", zone: "eu-central-1a" }] },
    /c6in\.8xlarge has no IOMMU: .*; take a size that is metal \(c6in\.metal\), or write noIommu: accepted/,
  ],
  [
    "the opt-in on metal",
    one({ type: "c6in.metal", queues: 32 }),
    /noIommu is accepted of c6in\.metal, which has an IOMMU/,
  ],
  ["a stock vfio-pci", image({ writeCombiningKernel: undefined }), /images\.x86_64 says no writeCombiningKernel/],
  [
    "a kernel without patch",
    image({ writeCombiningKernel: "6.12.9-1" }),
    /6\.12\.9-1, and ENA's patches end with 6\.8/,
  ],
  [
    "a kernel that is none",
    image({ writeCombiningKernel: "newest" }),
    /writeCombiningKernel is newest; write what `uname -r`/,
  ],
  [
    "a distribution whose patch fails",
    image({ distribution: "amazon-linux-2023" }),
    /known to fail \(amzn-drivers issue 348\)/,
  ],
  ["an image that is not pinned", image({ ami: "debian-12-latest" }), /images\.x86_64\.ami is debian-12-latest/],
  [
    "no image of the architecture",
    one({ type: "c7gn.16xlarge", queues: 32 }),
    /c7gn\.16xlarge is arm64; give images\.arm64/,
  ],
  [
    "SSH open to the world",
    access({ sshFrom: ["0.0.0.0/0"] }),
    /access\.sshFrom\[0\] is 0\.0\.0\.0\/0, which opens SSH to the world; name the operators' own ranges/,
  ],
  ["the same by IPv6", access({ sshFrom: ["198.51.100.0/28", "::/0"] }), /sshFrom\[1\] is ::\/0, which opens SSH/],
  [
    "the same in halves",
    access({ sshFrom: ["0.0.0.0/1", "128.0.0.0/1"] }),
    /sshFrom\[0\] is 0\.0\.0\.0\/1, which opens/,
  ],
  ["all that is routed of IPv6", access({ sshFrom: ["2000::/3"] }), /2000::\/3, which opens SSH/],
  ["a range that is none", access({ sshFrom: ["office"] }), /sshFrom\[0\] is office; write the first address/],
  ["nobody who may enter", access({ sshFrom: [] }), /access lets nobody in; write sshFrom .*, or sessionManager: true/],
  ["IPv6 into a network of IPv4", access({ sshFrom: ["2001:db8::/48"] }), /sshFrom has IPv6 alone/],
  ["no key", access({ sshKeys: [] }), /access\.sshKeys is empty/],
  [
    "a private key",
    access({ sshKeys: ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz"] }),
    /sshKeys\[0\] is a private key/,
  ],
  ["a key that is none", access({ sshKeys: ["AAAA"] }), /sshKeys\[0\] is no line with a public key/],
  ["two keys in one line", access({ sshKeys: [`${KEY}\n${KEY}`] }), /sshKeys\[0\] is no line/],
  [
    "a secret in user data",
    access({ sshKeys: [`${KEY} AKIAIOSFODNN7EXAMPLE`] }),
    /user data has an AWS access key in line 6, .*; take it out of access\.sshKeys/,
  ],
  ["a password in user data", access({ sshKeys: [`${KEY} password=hunter22`] }), /user data has a password in line 6/],
  [
    "too many keys",
    access({ sshKeys: Array.from({ length: 200 }, () => KEY) }),
    /user data has \d+ bytes, and AWS takes 16384/,
  ],
  ["a peer that is no range", { peers: ["203.0.113.7"] }, /peers\[0\] is 203\.0\.113\.7/],
  ["a port below 1024", { peerPort: 53 }, /peerPort is 53; write a UDP port from 1024/],
  ["no instances", { instances: [] }, /instances is empty/],
  ["a name that is none", one({ name: "Solo" }), /instances\[0\] \(Solo\): name is no name/],
  [
    "a name twice",
    { instances: [virtual(), virtual({ index: 1 })] },
    /instances\[1\] \(solo\) has the name of instances\[0\]/,
  ],
  [
    "an index twice",
    { instances: [virtual(), virtual({ name: "b" })] },
    /\(b\): index 0 is that of instances\[0\] \(solo\)/,
  ],
  ["an index that is none", one({ index: -1 }), /index is -1; write a whole number from 0 on/],
  [
    "an index without addresses",
    one({ index: 128 }),
    /index is 128, and the subnets of eu-central-1a have addresses for 127 at/,
  ],
  [
    "an index without a management address",
    { ...existing({ cidr: "10.9.0.0/27" }, {}), ...one({ index: 15 }) },
    /index is 15, and the subnets of eu-central-1a have addresses for 14 at most/,
  ],
  [
    "a zone without subnets",
    one({ zone: "eu-central-1b" }),
    /zone is eu-central-1b; write one of network\.zones: eu-central-1a/,
  ],
  ["more queues than an interface has", one({ queues: 33 }), /queues is 33; c6in\.8xlarge has 32 an interface at most/],
  [
    "more queues than a card has",
    one({ queues: 32, dpdkInterfaces: 4 }),
    /queues 32 of 4 interfaces and management's are 144 on network card 0 of c6in\.8xlarge; it has 128; write 28 at most/,
  ],
  [
    "queues where they are fixed",
    one({ type: "c5n.9xlarge" }),
    /queues is 16, and an interface of c5n\.9xlarge has 32/,
  ],
  [
    "hugepages beyond memory",
    one({ hugepages: { size: "1G", pages: [64] } }),
    /hugepages of c6in\.8xlarge: .*; write fewer pages/,
  ],
  ["pages that are none", one({ hugepages: { size: "1G", pages: [1.5] } }), /hugepages\.pages is \[1\.5\]/],
  [
    "pages for another number of NUMA nodes",
    {
      ...mainnet(),
      instances: [{ ...mainnet().instances[2], hugepages: { size: "1G", pages: [1, 1] } } as EnaInstance],
    },
    /2 for 1 NUMA nodes/,
  ],
  ["a volume that holds no system", one({ rootGiB: 4 }), /rootGiB is 4; write a whole number from 8 on/],
  ["a generation that is none", { generation: 0 }, /generation is 0; write a whole number from 1 on/],
  ["an instance's own that is none", one({ generation: 1.5 }), /\(solo\): generation is 1\.5/],
  [
    "a generation beside a rollout",
    { generation: 2, rollout: { to: 2, size: 1, batches: 1 } },
    /generation 2 stands beside rollout to 2; leave generation out/,
  ],
  ["a rollout to the first one", { rollout: { to: 1, size: 1, batches: 1 } }, /rollout\.to is 1; .* from 2 on/],
  ["batches of nothing", { rollout: { to: 2, size: 0, batches: 1 } }, /rollout\.size is 0/],
  [
    "an unprotected stranger",
    mainnet({ unprotected: ["validator-9"] }),
    /unprotected has validator-9, which no instance/,
  ],
  ["unprotected without protection", { unprotected: ["solo"] }, /unprotected stands in environment lab/],
];

test("right fleets are not refused", () => {
  for (const args of [oneVirtual(), mainnet(), mixed()]) fleetPlan("fleet", args);
});

for (const [what, changes, says] of cases)
  test(`${what}: refused in one line with what to do`, () => {
    assert.throws(
      () => fleetPlan("fleet", oneVirtual(changes)),
      (error: unknown) => {
        assert.ok(error instanceof AwsError);
        assert.match(error.message, says);
        assert.ok(error.message.startsWith("fleet: ") && !error.message.includes("\n"), error.message);
        assert.ok(error.message.endsWith(`; ${error.remedy}`));
        return true;
      },
    );
  });

test("a fleet's name that no role may have is refused", () => {
  assert.throws(() => fleetPlan("Fleet", oneVirtual()), /the fleet's name is none; write lowercase letters/);
});

test("a secret is not repeated in the error that refuses it", () => {
  const keys = [`${KEY} AKIAIOSFODNN7EXAMPLE`];
  assert.throws(
    () => fleetPlan("fleet", oneVirtual(access({ sshKeys: keys }))),
    (error: Error) => !error.message.includes("AKIA"),
  );
});
