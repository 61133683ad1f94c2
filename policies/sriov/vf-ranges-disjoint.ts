import type { PolicyResource } from "@pulumi/policy";
import { partsOf } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { configurationsOf, poolsOf } from "./device-plugin";
import { settle } from "./known";
import { nameOf, namespaceOf, objectsOf, type Placed, type Props } from "./objects";
import { overlap, type VfRange, vfRangesOf } from "./vf-range";

export const vfRangesDisjoint = stackRule({
  name: "dpdk-vf-ranges-disjoint",
  displayName: "Virtual functions have one owner",
  description:
    "No two policies, and no two pools of a device plugin, take the same virtual functions of the same nodes.",
  why: "The function goes to one of them, by priority and name: the other offers fewer than it says, and pods that need them wait.",
  source: "https://github.com/openshift/sriov-network-operator/pull/155",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Give each a range of its own (`eno1#0-3`, `eno1#4-7`), or node selectors that cannot select one node.",
  judge: ({ resources }) => {
    const claims = [...policyClaims(resources), ...poolClaims(resources)];
    if (claims.length === 0) return "the stack takes no virtual functions";
    const { known, unknown } = settle(claims);
    return [...unknown, ...sameFunction(known).flatMap((group) => clashesOf(group))];
  },
});

/** Virtual functions that a policy, or a pool, takes. */
interface Claim extends VfRange {
  readonly urn: string;
  readonly who: string;
  /** As it is written: `eno1#0-3`. */
  readonly text: string;
  /** Claims of two scopes never meet: another cluster, another operator, another ConfigMap. */
  readonly scope: string;
  /** What nodes and devices must have besides; where two want different values of one, no device has both. */
  readonly marks: ReadonlyMap<string, () => readonly string[]>;
}

/** A policy in another namespace is another operator's. Patches leave node selector and NICs to the policy. */
function policyClaims(resources: readonly PolicyResource[]): (() => Claim)[] {
  const policies = objectsOf(resources, "SriovNetworkNodePolicy").filter(({ object }) => !object.isPatch);
  return policies.flatMap((placed) =>
    (["pfNames", "rootDevices"] as const).flatMap((list) =>
      partsOf(() => {
        const written: string[] = placed.object.spec().nicSelector?.[list] ?? [];
        return [...written.keys()].flatMap((at) => partsOf(() => claimsOf(placed, String(written[at]))));
      }),
    ),
  );
}

function claimsOf({ object, urn, cluster }: Placed, text: string): (() => Claim)[] {
  const scope = JSON.stringify([cluster, namespaceOf(object)]);
  const who = nameOf(object);
  return (vfRangesOf(text) ?? []).map((range) => () => ({
    ...range,
    urn,
    who,
    text,
    scope,
    marks: marksOf(object.spec()),
  }));
}

function marksOf(spec: Props): Claim["marks"] {
  const [labels, nic]: Props[] = [spec.nodeSelector ?? {}, spec.nicSelector ?? {}];
  const ids = ["vendor", "deviceID", "netFilter"].filter((name) => name in (nic ?? {}));
  return new Map([
    ...Object.keys(labels ?? {}).map((key) => [`label ${key}`, () => [String(labels?.[key])]] as const),
    ...ids.map((name) => [name, () => [String(nic?.[name])]] as const),
  ]);
}

/** The first pool that fits takes a device, so only ranges that are written out can be meant to be apart. */
function poolClaims(resources: readonly PolicyResource[]): (() => Claim)[] {
  return resources.flatMap(({ type, props, urn }) =>
    poolsOf(configurationsOf({ type, props }) ?? []).flatMap((read) =>
      partsOf(() => {
        const pool = read();
        return pool.selectors.flatMap(({ pfNames = [], rootDevices = [], ...others }) =>
          [...pfNames, ...rootDevices].flatMap((text) =>
            (vfRangesOf(text) ?? [])
              .filter(({ isWritten }) => isWritten)
              .map((range) => () => ({ ...range, urn, who: pool.where, text, scope: urn, marks: constant(others) })),
          ),
        );
      }),
    ),
  );
}

function constant(lists: Readonly<Record<string, readonly string[]>>): Claim["marks"] {
  return new Map(Object.entries(lists).map(([name, list]) => [name, () => list]));
}

function sameFunction(claims: readonly Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.scope, claim.pf]);
    groups.set(key, [...(groups.get(key) ?? []), claim]);
  }
  return [...groups.values()];
}

/** A part for each pair that overlaps: whether they can be of one node may not be known. */
function clashesOf(group: readonly Claim[]): (() => StackFinding[])[] {
  return group.flatMap((later, at) =>
    group
      .slice(0, at)
      .filter((earlier) => overlap(earlier, later))
      .map((earlier) => () => (areApart(earlier, later) ? [] : [clash(earlier, later)])),
  );
}

function areApart(one: Claim, other: Claim): boolean {
  const shared = [...one.marks.keys()].filter((name) => other.marks.has(name));
  const { known, unknown } = settle(
    shared.map((name) => () => {
      const values = other.marks.get(name)?.() ?? [];
      return !(one.marks.get(name)?.() ?? []).some((value) => values.includes(value));
    }),
  );
  if (known.includes(true)) return true;
  for (const fail of unknown) fail();
  return false;
}

function clash(earlier: Claim, later: Claim): StackFinding {
  const who = earlier.urn === later.urn && earlier.who === later.who ? "itself" : earlier.who;
  const finding = `${later.who} takes ${later.text}, of which ${who} takes ${earlier.text}, on nodes that both select: one of them gets fewer functions than it says; give each a range of its own`;
  return { finding, urn: later.urn };
}
