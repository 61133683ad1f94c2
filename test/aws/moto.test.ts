import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, test } from "node:test";
import { EnaFleet } from "../../components/aws/ena-fleet";
import { mainnet, oneVirtual, virtual } from "../../components/aws/fleet.fixture";
import type { EnaFleetArgs } from "../../components/aws/fleet-args";
import { fleetPlan } from "../../components/aws/fleet-plan";
import { linesOf, madeBy } from "../../components/aws/made.fixture";
import { motoPython } from "../../tools/aws/instance-families";

// What EnaFleet makes, sent to moto as the EC2 requests that it stands for, and read back. moto shows that the requests are whole and that
// what they name is there; what it does not look at is listed in components/aws/README.md.

interface ReadBack {
  readonly interfaces: readonly Interface[];
  readonly instances: readonly {
    readonly InstanceId: string;
    readonly InstanceType: string;
    readonly ImageId: string;
  }[];
  readonly groups: readonly Group[];
  readonly reservations: readonly {
    readonly SubnetId: string;
    readonly Cidr: string;
    readonly ReservationType: string;
  }[];
  readonly subnets: readonly {
    readonly SubnetId: string;
    readonly CidrBlock: string;
    readonly AvailabilityZone: string;
  }[];
  readonly addresses: readonly {
    readonly AllocationId: string;
    readonly NetworkInterfaceId: string;
    readonly PrivateIpAddress?: string;
  }[];
  readonly templates: readonly { readonly LaunchTemplateData: Template }[];
}
interface Interface {
  readonly NetworkInterfaceId: string;
  readonly SubnetId: string;
  readonly PrivateIpAddress: string;
  readonly SourceDestCheck: boolean;
  readonly MacAddress: string;
  readonly Groups: readonly { readonly GroupId: string }[];
  readonly Attachment: {
    readonly DeviceIndex: number;
    readonly InstanceId: string;
    readonly DeleteOnTermination: boolean;
  };
}
interface Group {
  readonly GroupId: string;
  readonly IpPermissions: readonly Permission[];
  readonly IpPermissionsEgress: readonly Permission[];
}
interface Permission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges: readonly { readonly CidrIp: string }[];
  readonly Ipv6Ranges: readonly { readonly CidrIpv6: string }[];
}
interface Template {
  readonly MetadataOptions: Record<string, unknown>;
  readonly UserData: string;
  readonly CpuOptions?: Record<string, unknown>;
  readonly NetworkInterfaces: readonly Record<string, unknown>[];
  readonly BlockDeviceMappings: readonly { readonly Ebs: Record<string, unknown> }[];
}

const wide = oneVirtual({
  access: { ...oneVirtual().access, sshFrom: ["198.51.100.0/28", "2001:db8:1::/48"] },
  instances: [virtual({ type: "c6in.32xlarge", index: 9, dpdkInterfaces: 3, forwarding: true })],
  offerings: { "eu-central-1a": ["c6in.32xlarge"] },
});

let python: string;
before(async () => {
  python = await motoPython();
});

async function readBack(args: EnaFleetArgs): Promise<ReadBack> {
  const { made } = await madeBy(() => new EnaFleet("fleet", args));
  const child = spawn(python, [join(__dirname, "../../tools/aws/make_fleet.py")], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(linesOf(made));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.ok(out !== "", errors);
  return JSON.parse(out);
}

for (const [what, args] of Object.entries({ mainnet: mainnet(), "one with three DPDK interfaces": wide }))
  test(`interfaces of ${what} are where the plan has them, each with an index, an address and a MAC of its own`, async () => {
    const { interfaces, instances } = await readBack(args);
    const plan = fleetPlan("fleet", args);
    const byName = new Map(interfaces.map((one) => [one.NetworkInterfaceId, one]));
    for (const { name, zone, interfaces: planned, type, image } of plan.instances) {
      for (const { name: port, role, address, deviceIndex, sourceDestCheck } of planned) {
        const found = byName.get(`fleet-${name}-${port}@NetworkInterface`) ?? assert.fail(`${name} ${port}`);
        assert.deepEqual(
          [found.PrivateIpAddress, found.SourceDestCheck, found.SubnetId, found.Groups.map(({ GroupId }) => GroupId)],
          [address, sourceDestCheck, `fleet-${zone}-${role}@Subnet`, [`fleet-${role}@SecurityGroup`]],
        );
        assert.deepEqual(
          [found.Attachment.InstanceId, found.Attachment.DeviceIndex, found.Attachment.DeleteOnTermination],
          [`fleet-${name}@Instance`, deviceIndex, false],
        );
      }
      const instance = instances.find(({ InstanceId }) => InstanceId === `fleet-${name}@Instance`);
      assert.deepEqual([instance?.InstanceType, instance?.ImageId], [type.name, image.ami]);
    }
    assert.equal(new Set(interfaces.map(({ MacAddress }) => MacAddress)).size, interfaces.length);
  });

test("subnets are of their zones and ranges with their upper half reserved, Elastic IPs on the first DPDK interface", async () => {
  const { subnets, reservations, addresses } = await readBack(mainnet());
  const plan = fleetPlan("fleet", mainnet());
  for (const { zone, management, dpdk } of plan.network.zones)
    for (const [role, { cidr, reserved }] of Object.entries({ management, dpdk })) {
      const found = subnets.find(({ SubnetId }) => SubnetId === `fleet-${zone}-${role}@Subnet`);
      assert.deepEqual([found?.CidrBlock, found?.AvailabilityZone], [cidr, zone]);
      const own = reservations.find(({ SubnetId }) => SubnetId === `fleet-${zone}-${role}@Subnet`);
      assert.deepEqual([own?.Cidr, own?.ReservationType], [reserved, "explicit"]);
    }
  for (const { name, interfaces } of plan.instances) {
    const found = addresses.find(({ AllocationId }) => AllocationId === `fleet-${name}@Eip`);
    assert.deepEqual(
      [found?.NetworkInterfaceId, found?.PrivateIpAddress],
      [`fleet-${name}-dpdk0@NetworkInterface`, interfaces[1]?.address],
    );
  }
});

test("security groups let in SSH from its ranges and peers to their port, and nothing else", async () => {
  const { groups } = await readBack(wide);
  const rules = (permissions: readonly Permission[]) =>
    permissions.flatMap(({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges }) =>
      [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].map((range) =>
        IpProtocol === "-1" ? `all ${range}` : `${IpProtocol} ${FromPort}-${ToPort} ${range}`,
      ),
    );
  const told = Object.fromEntries(
    groups.map(({ GroupId, IpPermissions, IpPermissionsEgress }) => [
      GroupId,
      { in: rules(IpPermissions).sort(), out: rules(IpPermissionsEgress).sort() },
    ]),
  );
  assert.deepEqual(told, {
    "fleet-management@SecurityGroup": {
      in: ["tcp 22-22 198.51.100.0/28", "tcp 22-22 2001:db8:1::/48"],
      out: ["all 0.0.0.0/0", "all ::/0"],
    },
    "fleet-dpdk@SecurityGroup": { in: ["udp 30900-30900 10.80.128.0/20"], out: ["udp 30900-30900 10.80.128.0/20"] },
  });
});

test("a template has its IMDSv2, its encrypted volume, its interfaces on their cards, and the user data byte for byte", async () => {
  const [template] = (await readBack(wide)).templates;
  const { CpuOptions, MetadataOptions, BlockDeviceMappings, NetworkInterfaces, UserData } =
    template?.LaunchTemplateData ?? assert.fail();
  assert.deepEqual([MetadataOptions.HttpTokens, MetadataOptions.HttpPutResponseHopLimit], ["required", 1]);
  assert.deepEqual(BlockDeviceMappings[0]?.Ebs.Encrypted, true);
  assert.deepEqual(CpuOptions, { CoreCount: 64, ThreadsPerCore: 1 });
  const [planned] = fleetPlan("fleet", wide).instances;
  assert.deepEqual(
    NetworkInterfaces.map(({ DeviceIndex, NetworkCardIndex, EnaQueueCount = null }) => [
      NetworkCardIndex,
      DeviceIndex,
      EnaQueueCount,
    ]),
    planned?.interfaces.map(({ networkCard, deviceIndex, queues }) => [networkCard, deviceIndex, queues]),
  );
  assert.equal(Buffer.from(UserData, "base64").toString(), planned?.userData);
});
