import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cidr, contains, overlaps, parseCidr } from "./cidr";
import { AwsError } from "./errors";
import { KEY, oneVirtual } from "./fleet.fixture";
import type { EnaFleetArgs, EnaInstance } from "./fleet-args";
import { type FleetPlan, fleetPlan } from "./fleet-plan";
import { enaInstanceType, enaTypeNames } from "./instance-types";

const ZONES = ["a", "b", "c", "h"].map((letter) => `eu-central-1${letter}`);

/** What is asked for: within what most types have, or anything. */
interface Asked {
  readonly dpdkInterfaces: number;
  readonly queues: fc.Arbitrary<number | undefined>;
  readonly index: number;
  readonly prefix: number;
}
const modest: Asked = { dpdkInterfaces: 2, queues: fc.constant(undefined), index: 60, prefix: 17 };
const wild: Asked = {
  dpdkInterfaces: 15,
  queues: fc.option(fc.integer({ min: 1, max: 128 }), { nil: undefined }),
  index: 140,
  prefix: 21,
};

/** Instances of all types, some of which no card could hold. */
const instanceOf = ({ dpdkInterfaces, queues }: Asked) =>
  fc
    .record({
      type: fc.constantFrom(...enaTypeNames()),
      zone: fc.constantFrom(...ZONES),
      dpdkInterfaces: fc.integer({ min: 1, max: dpdkInterfaces }),
      queues,
      elasticIp: fc.boolean(),
    })
    .map(({ queues, ...rest }): Omit<EnaInstance, "name" | "index"> => {
      const accepts = enaInstanceType(rest.type)?.isMetal ? {} : { noIommu: "accepted" as const };
      return { ...rest, ...accepts, ...(queues === undefined ? {} : { queues }) };
    });

/** Fleets of several, each with an index of its own. */
const fleetOf = (asked: Asked) =>
  fc
    .record({
      instances: fc.array(instanceOf(asked), { minLength: 1, maxLength: 6 }),
      indexes: fc.uniqueArray(fc.nat({ max: asked.index }), { minLength: 6, maxLength: 6 }),
      prefix: fc.integer({ min: 16, max: asked.prefix }),
      first: fc.nat({ max: 255 }),
      egress: fc.constantFrom("nat" as const, "none" as const),
    })
    .map(({ instances, indexes, prefix, first, egress }): EnaFleetArgs => {
      const images = oneVirtual().images;
      return {
        region: "eu-central-1",
        network: {
          kind: "new",
          cidr: `10.${first}.0.0/${prefix}`,
          zones: Object.fromEntries(ZONES.map((zone) => [zone, {}])),
          egress,
        },
        access: { sessionManager: true, sshKeys: [KEY] },
        images: { ...images, arm64: images.x86_64 as NonNullable<typeof images.x86_64> },
        instances: instances.map((one, at) => ({ ...one, name: `node-${indexes[at]}`, index: indexes[at] as number })),
      };
    });

const fleet = fc.oneof(fleetOf(modest), fleetOf(wild));

/** Null where the fleet is refused, as half of these must be. */
function planOf(args: EnaFleetArgs): FleetPlan | null {
  try {
    return fleetPlan("fleet", args);
  } catch (error) {
    if (error instanceof AwsError) return null;
    throw error;
  }
}

/** Of each fleet that is right; some must be, or nothing would be shown. */
function ofRightFleets(judge: (plan: FleetPlan, args: EnaFleetArgs) => void): void {
  let [right, refused] = [0, 0];
  fc.assert(
    fc.property(fleet, (args) => {
      const single = args.instances.map((one) => ({ ...args, instances: [one] }));
      for (const each of [args, ...single]) {
        const plan = planOf(each);
        if (plan === null) refused += 1;
        else {
          right += 1;
          judge(plan, each);
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(right > 50 && refused > 50, `${right} right, ${refused} refused`);
}

test("no two interfaces of an instance are on one device index of one card, and the first is management's alone", () => {
  ofRightFleets(({ instances }) => {
    for (const { interfaces } of instances) {
      const places = interfaces.map(({ networkCard, deviceIndex }) => `${networkCard}:${deviceIndex}`);
      assert.equal(new Set(places).size, places.length);
      assert.deepEqual(
        interfaces.filter(({ deviceIndex }) => deviceIndex === 0).map(({ name, networkCard }) => [name, networkCard]),
        [["management", 0]],
      );
    }
  });
});

test("no limit of the type is passed: cards, interfaces of a card, queues of an interface and of a card", () => {
  ofRightFleets(({ instances }) => {
    for (const { interfaces, type } of instances) {
      assert.ok(interfaces.every(({ networkCard }) => networkCard < type.cards.length));
      type.cards.forEach((card, at) => {
        const own = interfaces.filter(({ networkCard }) => networkCard === at);
        const queues = own.map((one) => one.queues ?? card.defaultQueues);
        assert.ok(own.length <= card.interfaces);
        const fixed = queues.every((count) => count === card.defaultQueues);
        if (card.queuesOfCard === null || card.queuesOfInterface === null) assert.ok(fixed);
        else if (!fixed) {
          assert.ok(Math.max(...queues) <= card.queuesOfInterface);
          assert.ok(queues.reduce((sum, count) => sum + count, 0) <= card.queuesOfCard);
        }
      });
    }
  });
});

test("subnets never overlap, are parts of the VPC and of sizes that AWS makes", () => {
  ofRightFleets(({ network }) => {
    const vpc = parseCidr("cidr" in network.vpc ? network.vpc.cidr : "") as Cidr;
    const texts = network.zones.flatMap(({ management, dpdk, nat }) => [
      management.cidr,
      dpdk.cidr,
      ...(nat ? [nat] : []),
    ]);
    const ranges = texts.map((text) => parseCidr(text) as Cidr);
    ranges.forEach((one, at) => {
      assert.ok(contains(vpc, one) && one.prefix >= 16 && one.prefix <= 28);
      for (const other of ranges.slice(0, at)) assert.ok(!overlaps(one, other));
    });
  });
});

test("every address is another one, of its subnet's reserved half, and none that AWS keeps", () => {
  ofRightFleets(({ network, instances }) => {
    const seen = new Set<string>();
    for (const { zone, interfaces } of instances)
      for (const { role, address } of interfaces) {
        assert.ok(!seen.has(address), address);
        seen.add(address);
        const subnet = network.zones.find((one) => one.zone === zone)?.[role] ?? assert.fail();
        const [reserved, whole] = [subnet.reserved, subnet.cidr].map((text) => parseCidr(text) as Cidr) as [Cidr, Cidr];
        const own = parseCidr(`${address}/32`) as Cidr;
        assert.ok(contains(whole, reserved) && contains(reserved, own), `${address} of ${subnet.reserved}`);
        assert.notEqual(own.first, whole.first + 2 ** (32 - whole.prefix) - 1); // AWS, VPC, "Subnet sizing"
      }
  });
});

test("addresses of an instance stay, whichever others come and go and however many interfaces they have", () => {
  const addresses = (plan: FleetPlan | null, name: string | undefined) =>
    plan?.instances.find((one) => one.name === name)?.interfaces.map(({ address }) => address);
  let compared = 0;
  fc.assert(
    fc.property(fleet, fc.nat({ max: 5 }), (args, pick) => {
      const kept = args.instances[pick % args.instances.length];
      const alone = planOf({ ...args, instances: args.instances.filter((one) => one === kept) });
      const together = planOf(args);
      if (alone === null || together === null) return;
      compared += 1;
      assert.deepEqual(addresses(together, kept?.name), addresses(alone, kept?.name));
      const zones = { "eu-central-1d": {}, ...args.network.zones };
      const wider = planOf({ ...args, network: { ...args.network, zones } as EnaFleetArgs["network"] });
      assert.deepEqual(addresses(wider, kept?.name), addresses(alone, kept?.name));
    }),
    { numRuns: 500 },
  );
  assert.ok(compared > 50, `${compared} compared`);
});
