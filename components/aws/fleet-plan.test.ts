import assert from "node:assert/strict";
import { test } from "node:test";
import { mainnet, mixed, oneVirtual, virtual } from "./fleet.fixture";
import type { EnaFleetArgs } from "./fleet-args";
import { fleetPlan } from "./fleet-plan";

const planOf = (args: EnaFleetArgs) => fleetPlan("fleet", args);
const instanceOf = (args: EnaFleetArgs, name: string) =>
  planOf(args).instances.find((one) => one.name === name) ?? assert.fail(name);
const places = (args: EnaFleetArgs, name: string) =>
  instanceOf(args, name).interfaces.map(({ networkCard, deviceIndex }) => [networkCard, deviceIndex]);

test("a zone's ranges are parts of the VPC that its letter chooses", () => {
  const { vpc, zones, internetGateway, dpdkIsPublic, endpoints } = planOf(mainnet()).network;
  assert.deepEqual(vpc, { cidr: "10.64.0.0/16" });
  assert.deepEqual(zones[1], {
    zone: "eu-central-1b",
    management: { cidr: "10.64.8.0/21", reserved: "10.64.12.0/22", id: null },
    dpdk: { cidr: "10.64.144.0/20", reserved: "10.64.152.0/21", id: null },
    nat: "10.64.66.0/23",
  });
  assert.deepEqual([internetGateway, dpdkIsPublic, endpoints], [true, true, []]);
});

test("ranges that are written take the place of those that are computed", () => {
  const network = { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": { dpdk: "10.80.96.0/22" } } } as const;
  const [zone] = planOf(oneVirtual({ network })).network.zones;
  assert.deepEqual([zone?.management.cidr, zone?.dpdk.cidr], ["10.80.0.0/21", "10.80.96.0/22"]);
});

test("without NAT, Session Manager has its endpoints, and no way leads to the internet", () => {
  const network = { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} }, egress: "none" } as const;
  const access = { ...oneVirtual().access, sessionManager: true };
  const closed = planOf(oneVirtual({ network, access }));
  assert.deepEqual(closed.network.endpoints, ["ssm", "ssmmessages"]);
  assert.deepEqual([closed.network.internetGateway, closed.network.zones[0]?.nat], [false, null]);
  assert.deepEqual(closed.security.endpoints, [
    { name: "https-10.80.0.0-16", direction: "in", protocol: "tcp", port: 443, range: "10.80.0.0/16" },
  ]);
  const withAddress = planOf(oneVirtual({ network, instances: [virtual({ elasticIp: true })] }));
  assert.deepEqual([withAddress.network.internetGateway, withAddress.network.endpoints], [true, []]);
});

test("in a VPC that is there nothing of its network is made", () => {
  const { network, security } = planOf(mixed());
  assert.deepEqual(network.vpc, { id: "vpc-0a1b2c3d" });
  assert.deepEqual([network.internetGateway, network.endpoints, security.endpoints], [false, [], null]);
  assert.deepEqual(network.zones[0]?.dpdk, { cidr: "10.9.16.0/20", reserved: "10.9.24.0/21", id: "subnet-1a" });
});

test("SSH comes from its ranges alone, peers to their UDP port alone", () => {
  const { management, dpdk } = planOf(mixed({ peerPort: 31000, peers: ["203.0.113.0/24"] })).security;
  assert.deepEqual(
    management
      .filter(({ direction }) => direction === "in")
      .map(({ protocol, port, range }) => [protocol, port, range]),
    [
      ["tcp", 22, "198.51.100.0/28"],
      ["tcp", 22, "2001:db8:1::/48"],
    ],
  );
  assert.deepEqual(
    dpdk.map(({ direction, protocol, port, range }) => [direction, protocol, port, range]),
    ["10.9.16.0/20", "10.9.32.0/20", "203.0.113.0/24"].flatMap((range) => [
      ["in", "udp", 31000, range],
      ["out", "udp", 31000, range],
    ]),
  );
  const { management: closed } = planOf(mainnet()).security;
  assert.ok(closed.every(({ direction }) => direction === "out"));
});

test("a role is made for Session Manager alone, and reads no parameter", () => {
  assert.equal(planOf(oneVirtual()).role, null);
  const [statement, ...more] = planOf(mainnet()).role ?? [];
  assert.deepEqual(more, []);
  assert.deepEqual(statement?.Action, [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ]);
});

test("metal is driven through its IOMMU and boots with nosmt, others have one thread by their CPU options", () => {
  const { mode, cpuOptions, needsNosmt, cpus } = instanceOf(mainnet(), "validator-00");
  assert.deepEqual([mode, cpuOptions, needsNosmt, cpus], ["vfio-iommu", null, true, 64]);
  const graviton = instanceOf(mainnet(), "validator-02");
  assert.deepEqual(
    [graviton.mode, graviton.cpuOptions, graviton.needsNosmt, graviton.cpus],
    ["vfio-iommu", null, false, 64],
  );
  const solo = instanceOf(oneVirtual(), "solo");
  assert.deepEqual([solo.mode, solo.cpuOptions, solo.cpus], ["vfio-noiommu", { coreCount: 16, threadsPerCore: 1 }, 16]);
  const both = instanceOf(oneVirtual({ instances: [virtual({ smt: true })] }), "solo");
  assert.deepEqual([both.cpuOptions, both.needsNosmt, both.cpus], [null, false, 32]);
});

test("DPDK's interfaces go to the cards in turns, away from management's first, and never to device 0", () => {
  assert.deepEqual(places(mixed(), "node-0"), [
    [0, 0],
    [1, 1],
    [0, 1],
  ]); // c6in.32xlarge has two cards
  assert.deepEqual(places(mixed(), "node-1"), [
    [0, 0],
    [0, 1],
    [0, 2],
  ]); // c8gn.24xlarge one
});

test("addresses come from the index: management's one by one, DPDK's in blocks of sixteen", () => {
  const { interfaces } = instanceOf(mixed(), "node-3");
  assert.deepEqual(
    interfaces.map(({ name, address }) => [name, address]),
    [
      ["management", "10.9.1.134"],
      ["dpdk0", "10.9.40.96"],
      ["dpdk1", "10.9.40.97"],
    ],
  );
});

test("the source/destination check is off where packets of others are forwarded, and there on DPDK's interfaces alone", () => {
  const checks = (name: string) => instanceOf(mixed(), name).interfaces.map(({ sourceDestCheck }) => sourceDestCheck);
  assert.deepEqual(checks("node-4"), [true, false, false]);
  assert.deepEqual(checks("node-5"), [true, true, true]);
});

test("mainnet is protected, all but what is named", () => {
  const isProtected = (args: EnaFleetArgs) => planOf(args).instances.map((one) => one.isProtected);
  assert.deepEqual(isProtected(mainnet()), [true, true, true]);
  assert.deepEqual(isProtected(mainnet({ unprotected: ["validator-01"] })), [true, false, true]);
  assert.deepEqual(isProtected(oneVirtual()), [false]);
});

test("a rollout gives its generation to the batches that are done, and holds the others at the one before", () => {
  const rollout = { to: 3, size: 10, batches: 2 };
  const found = planOf(mixed({ rollout })).instances.map(({ index, generation, batch }) => [index, generation, batch]);
  assert.deepEqual(found[4], [8, "3.1", 0]);
  assert.deepEqual(found[5], [10, "3.1", 1]);
  assert.deepEqual(found[10], [20, "2.1", null]);
});

test("an instance that leaves during a rollout moves no other one into another generation", () => {
  const rollout = { to: 2, size: 4, batches: 1 };
  const generations = (args: EnaFleetArgs) => new Map(planOf(args).instances.map((one) => [one.name, one.generation]));
  const before = generations(mixed({ rollout }));
  const after = generations(mixed({ rollout, instances: mixed().instances.slice(1) }));
  for (const [name, generation] of after) assert.equal(generation, before.get(name), name);
});

test("an instance's own generation asks for that one alone", () => {
  const instances = mainnet().instances.map((one, at) => (at === 1 ? { ...one, generation: 2 } : one));
  const found = planOf(mainnet({ instances, generation: 4 })).instances.map(({ generation }) => generation);
  assert.deepEqual(found, ["4.1", "4.2", "4.1"]);
});

test("the image is that of the type's architecture, its user the distribution's", () => {
  const graviton = instanceOf(mainnet(), "validator-02");
  assert.deepEqual(
    [graviton.image.ami, graviton.user, graviton.rootDevice],
    ["ami-0fedcba9876543210", "admin", "/dev/xvda"],
  );
});

test("the order of the list means nothing", () => {
  assert.deepEqual(planOf(mixed({ instances: [...mixed().instances].reverse() })), planOf(mixed()));
});
