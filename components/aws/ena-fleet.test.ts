import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EnaFleet } from "./ena-fleet";
import { AwsError } from "./errors";
import { mainnet, mixed, oneVirtual, virtual } from "./fleet.fixture";
import type { EnaFleetArgs, EnaInstance } from "./fleet-args";
import { linesOf, type Made, madeBy, named, ofType, settled } from "./made.fixture";

const shapes = { "solo-lab": oneVirtual(), mainnet: mainnet(), mixed: mixed() };
const of = async (args: EnaFleetArgs) => (await madeBy(() => new EnaFleet("mainnet", args))).made;
/** Entered through Session Manager, without a way to the internet. */
const closed = oneVirtual({
  network: { kind: "new", cidr: "10.80.0.0/16", zones: { "eu-central-1a": {} }, egress: "none" },
  access: { ...oneVirtual().access, sessionManager: true },
});

for (const [name, args] of Object.entries(shapes))
  test(`every input and option of every resource of ${name} is as in its golden`, async () => {
    const { made } = await madeBy(() => new EnaFleet(name, args));
    const golden = readFileSync(join(__dirname, `golden/${name}.jsonl`), "utf8");
    assert.deepEqual(linesOf(made).split("\n"), golden.split("\n"));
  });

test("one virtualised instance has a network of its own with one way out, and no way in but SSH's", async () => {
  const made = await of(oneVirtual());
  const count = (type: string) => ofType(made, type).length;
  const counted = [
    "Vpc",
    "Subnet",
    "NatGateway",
    "InternetGateway",
    "PlacementGroup",
    "LaunchTemplate",
    "Instance",
    "Eip",
    "Role",
  ];
  assert.deepEqual(counted.map(count), [1, 3, 1, 1, 1, 1, 1, 1, 0]);
  assert.deepEqual(
    ofType(made, "SecurityGroupIngressRule").map(({ inputs }) => [
      inputs.ipProtocol,
      inputs.fromPort,
      inputs.toPort,
      inputs.cidrIpv4,
    ]),
    [
      ["tcp", 22, 22, "198.51.100.0/28"],
      ["udp", 30900, 30900, "10.80.128.0/20"],
    ],
  );
  const { inputs } = named(made, "DefaultSecurityGroup", "mainnet-default");
  assert.ok(!("ingress" in inputs) && !("egress" in inputs));
});

test("a template asks for IMDSv2, an encrypted gp3 volume, its monitoring, one thread a core and its queues", async () => {
  const [template] = ofType(await of(oneVirtual()), "LaunchTemplate");
  const { metadataOptions, blockDeviceMappings, monitoring, cpuOptions, networkInterfaces, userData } =
    template?.inputs as {
      userData: string;
    } & Record<string, unknown>;
  assert.deepEqual(metadataOptions, {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
    instanceMetadataTags: "disabled",
  });
  assert.deepEqual(blockDeviceMappings, [
    {
      deviceName: "/dev/xvda",
      ebs: { volumeType: "gp3", volumeSize: 30, encrypted: "true", deleteOnTermination: "true" },
    },
  ]);
  assert.deepEqual([monitoring, cpuOptions], [{ enabled: true }, { coreCount: 16, threadsPerCore: 1 }]);
  const attached = { deleteOnTermination: "false", networkCardIndex: 0 };
  assert.deepEqual(networkInterfaces, [
    { ...attached, deviceIndex: 0, networkInterfaceId: "mainnet-solo-management@NetworkInterface" },
    { ...attached, deviceIndex: 1, networkInterfaceId: "mainnet-solo-dpdk0@NetworkInterface", enaQueueCount: 16 },
  ]);
  assert.match(Buffer.from(userData, "base64").toString(), /^#cloud-config\n/);
});

test("containers that ask the metadata service are one hop away, a key of one's own encrypts", async () => {
  const [template] = ofType(
    await of(oneVirtual({ containersAskMetadata: true, kmsKey: "arn:aws:kms:k" })),
    "LaunchTemplate",
  );
  const { metadataOptions, blockDeviceMappings } = template?.inputs as Record<string, { [key: string]: unknown }>;
  assert.equal(metadataOptions?.httpPutResponseHopLimit, 2);
  assert.match(JSON.stringify(blockDeviceMappings), /"kmsKeyId":"arn:aws:kms:k"/);
});

test("mainnet is in three zones, each with its own placement group, NAT and address; all of it protected that cannot be had again", async () => {
  const made = await of(mainnet());
  const zones = ["a", "b", "c"].map((letter) => `eu-central-1${letter}`);
  assert.deepEqual(
    ofType(made, "PlacementGroup").map(({ inputs }) => [inputs.name, inputs.strategy]),
    zones.map((zone) => [`mainnet-${zone}`, "cluster"]),
  );
  assert.deepEqual(ofType(made, "NatGateway").length, 3);
  const isProtected = made
    .filter(({ options }) => options.protect)
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
  const validators = [0, 1, 2].map((at) => `mainnet-validator-0${at}`);
  assert.deepEqual(
    isProtected.sort(),
    ["Eip", "Instance"].flatMap((type) => validators.map((name) => `${type} ${name}`)),
  );
  for (const name of validators) {
    assert.equal(named(made, "Instance", name).inputs.disableApiTermination, true);
    assert.equal(named(made, "Eip", name).inputs.networkInterface, `${name}-dpdk0@NetworkInterface`);
    assert.ok(named(made, "Eip", name).options.after?.includes("mainnet@InternetGateway"));
  }
  const metal = ofType(made, "LaunchTemplate").map(({ inputs }) => [
    inputs.instanceType,
    inputs.imageId,
    inputs.cpuOptions,
  ]);
  assert.deepEqual(metal, [
    ["c6in.metal", "ami-0123456789abcdef0", undefined],
    ["c6in.metal", "ami-0123456789abcdef0", undefined],
    ["c7gn.metal", "ami-0fedcba9876543210", undefined],
  ]);
});

test("protection is lifted from what is named, by AWS's and the engine's means alike", async () => {
  const made = await of(mainnet({ unprotected: ["validator-01"] }));
  const { inputs, options } = named(made, "Instance", "mainnet-validator-01");
  assert.deepEqual([inputs.disableApiTermination, options.protect], [false, undefined]);
  assert.equal(named(made, "Eip", "mainnet-validator-01").options.protect, undefined);
  assert.equal(named(made, "Instance", "mainnet-validator-00").options.protect, true);
});

test("the role of a node is EC2's to take, and may open Session Manager's channels", async () => {
  const made = await of(mainnet());
  const { inputs } = named(made, "RolePolicy", "mainnet-node");
  assert.deepEqual(JSON.parse(String(inputs.policy)).Statement.length, 1);
  assert.match(String(named(made, "Role", "mainnet-node").inputs.assumeRolePolicy), /"Service":"ec2\.amazonaws\.com"/);
  for (const { inputs } of ofType(made, "LaunchTemplate"))
    assert.deepEqual(inputs.iamInstanceProfile, { name: "mainnet-node" });
});

test("twenty mixed instances in a VPC that is there have interfaces in its subnets, and nothing of its network is made", async () => {
  const made = await of(mixed());
  const types = new Set(made.map(({ type }) => type.split(":").at(-1)));
  for (const type of [
    "Vpc",
    "Subnet",
    "RouteTable",
    "Route",
    "NatGateway",
    "InternetGateway",
    "SubnetCidrReservation",
    "DefaultSecurityGroup",
  ])
    assert.ok(!types.has(type), type);
  assert.equal(ofType(made, "NetworkInterface").length, 60);
  for (const { name, inputs } of ofType(made, "NetworkInterface")) {
    const at = Number(/node-(\d+)/.exec(name)?.[1]);
    const role = name.endsWith("management") ? "0" : "1";
    assert.equal(inputs.subnetId, `subnet-${role}${at % 2 === 0 ? "a" : "b"}`);
    const group = role === "0" ? "mainnet-management@SecurityGroup" : "mainnet-dpdk@SecurityGroup";
    assert.deepEqual([inputs.securityGroups, inputs.sourceDestCheck], [[group], at !== 4 || role === "0"]);
  }
  const addresses = ofType(made, "NetworkInterface").map(({ inputs }) => String(inputs.privateIps));
  assert.equal(new Set(addresses).size, 60);
});

test("DPDK's subnets lead to the internet where an Elastic IP is asked for, and nowhere else", async () => {
  const routed = (made: readonly Made[]) =>
    ofType(made, "Route").flatMap(({ name, inputs }) => (name.endsWith("-dpdk") ? [[name, inputs.gatewayId]] : []));
  const gateway = "mainnet@InternetGateway";
  const zones = ["a", "b", "c"].map((letter) => `mainnet-eu-central-1${letter}-dpdk`);
  assert.deepEqual(
    routed(await of(mainnet())),
    zones.map((zone) => [zone, gateway]),
  );
  assert.deepEqual(routed(await of(oneVirtual())), []);
});

test("a range of IPv6 is written as one", async () => {
  const { inputs } = named(await of(mixed()), "SecurityGroupIngressRule", "mainnet-management-ssh-2001-db8-1-48");
  assert.deepEqual([inputs.cidrIpv6, inputs.cidrIpv4], ["2001:db8:1::/48", undefined]);
});

test("an instance waits for what it needs to boot, is deleted before its successor comes, and ignores what a refresh writes", async () => {
  const made = await of(oneVirtual());
  const { options } = named(made, "Instance", "mainnet-solo");
  assert.deepEqual(
    [options.parent, options.deleteBeforeReplace, options.protect],
    ["mainnet@EnaFleet", true, undefined],
  );
  assert.deepEqual(options.ignoreChanges, ["ami", "launchTemplate.version"]);
  for (const needed of [
    "mainnet-eu-central-1a-management@Route",
    "mainnet-eu-central-1a-management@SubnetCidrReservation",
    "mainnet-management-all-0.0.0.0-0@SecurityGroupEgressRule",
  ])
    assert.ok(options.after?.includes(needed), needed);
  for (const one of made)
    if (one.type !== "dpdk-fleet:aws:EnaFleet") assert.equal(one.options.parent, "mainnet@EnaFleet", one.name);
});

test("everything but IAM's is of the region, and has the fleet's tag and the operator's", async () => {
  for (const { type, name, inputs } of await of(mainnet())) {
    if (type === "dpdk-fleet:aws:EnaFleet") continue;
    assert.equal(inputs.region, type.startsWith("aws:iam") ? undefined : "eu-central-1", name);
    const tags = inputs.tags as Record<string, string> | undefined;
    if (!/RolePolicy$|Route$|Association$|Reservation$/.test(type))
      assert.deepEqual([tags?.["pantheonchain.org/fleet"], tags?.["cost-center"]], ["mainnet", "validators"], name);
  }
});

test("descriptions have only what AWS takes in them", async () => {
  const described = [...(await of(mainnet())), ...(await of(closed))].filter(({ inputs }) => "description" in inputs);
  assert.ok(described.length > 10);
  // EC2, API reference, CreateSecurityGroup, GroupDescription.
  for (const { name, inputs } of described)
    assert.match(String(inputs.description), /^[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/, name);
});

test("without NAT, Session Manager's endpoints are in the management subnets, and open to the VPC alone", async () => {
  const made = await of(closed);
  assert.deepEqual(
    ofType(made, "VpcEndpoint").map(({ inputs }) => [inputs.serviceName, inputs.subnetIds, inputs.securityGroupIds]),
    ["ssm", "ssmmessages"].map((service) => [
      `com.amazonaws.eu-central-1.${service}`,
      ["mainnet-eu-central-1a-management@Subnet"],
      ["mainnet-endpoints@SecurityGroup"],
    ]),
  );
  assert.deepEqual([ofType(made, "NatGateway"), ofType(made, "InternetGateway"), ofType(made, "Route")], [[], [], []]);
  const { inputs } = named(made, "SecurityGroupIngressRule", "mainnet-endpoints-https-10.80.0.0-16");
  assert.deepEqual([inputs.fromPort, inputs.cidrIpv4], [443, "10.80.0.0/16"]);
});

test("nodes tell what a host plan needs: addresses and mode in a preview, MACs and ids once they are made", async () => {
  const { result } = await madeBy(() => new EnaFleet("mainnet", mainnet()));
  const node = result.nodes[1] ?? assert.fail();
  const { name, index, zone, type, user, managementAddress, mode, cpus, needsNosmt, hugepages } = node;
  assert.deepEqual(
    { name, index, zone, type, user, managementAddress, mode, cpus, needsNosmt, hugepages },
    {
      name: "validator-01",
      index: 1,
      zone: "eu-central-1b",
      type: "c6in.metal",
      user: "admin",
      managementAddress: "10.64.12.1",
      mode: "vfio-iommu",
      cpus: 64,
      needsNosmt: true,
      hugepages: null,
    },
  );
  const [management, dpdk] = node.interfaces;
  assert.equal(await settled(management?.mac ?? assert.fail()), "mac of mainnet-validator-01-management");
  const { mac, ...known } = dpdk ?? assert.fail();
  assert.equal(await settled(mac), "mac of mainnet-validator-01-dpdk0");
  assert.deepEqual(known, {
    name: "dpdk0",
    role: "dpdk",
    deviceIndex: 1,
    networkCard: 1,
    address: "10.64.152.16",
    queues: 32,
  });
  assert.equal(await settled(node.publicAddress ?? assert.fail()), "address of mainnet-validator-01");
  assert.equal(await settled(node.instanceId), "mainnet-validator-01@Instance");
  assert.equal(await settled(result.vpcId), "mainnet@Vpc");
});

test("an instance without Elastic IP has no public address, and tells its hugepages and queues", async () => {
  const { result } = await madeBy(() => new EnaFleet("solo", oneVirtual()));
  const [node] = result.nodes;
  assert.deepEqual([node?.publicAddress, node?.hugepages], [null, { size: "1G", pages: [4] }]);
  assert.deepEqual(
    node?.interfaces.map(({ queues }) => queues),
    [16, 16],
  );
});

test("AWS is asked which zones offer the types where no list says it", async () => {
  const asked: unknown[] = [];
  const { offerings: _, ...args } = oneVirtual();
  const { made } = await madeBy(
    () => new EnaFleet("mainnet", args),
    (token, inputs) => {
      asked.push([token, inputs]);
      return { instanceTypes: ["c6in.8xlarge"], locations: ["eu-central-1a"] };
    },
  );
  assert.deepEqual(asked, [
    [
      "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
      {
        region: "eu-central-1",
        locationType: "availability-zone",
        filters: [{ name: "instance-type", values: ["c6in.8xlarge"] }],
      },
    ],
  ]);
  assert.equal(ofType(made, "LaunchTemplate")[0]?.inputs.instanceType, "c6in.8xlarge");
});

test("a mistake is refused before anything is made", async () => {
  const instances = [virtual({ type: "c6in.large", dpdkInterfaces: 3 } as Partial<EnaInstance>)];
  const refused: unknown[] = [];
  const { made } = await madeBy(() => {
    try {
      new EnaFleet("mainnet", oneVirtual({ instances }));
    } catch (error) {
      refused.push(error);
    }
  });
  assert.ok(refused[0] instanceof AwsError);
  assert.deepEqual(
    made.filter(({ type }) => type.startsWith("aws:")),
    [],
  );
});
