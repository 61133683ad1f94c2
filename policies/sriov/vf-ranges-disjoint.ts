import { settle } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { type Claim, claimsOf } from "./claims";
import { inOrder } from "./in-order";
import { overlap } from "./vf-range";

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
    const claims = claimsOf(resources);
    if (claims.length === 0) return "the stack takes no virtual functions";
    const { known, unknown } = settle(claims);
    return [...unknown, ...sameFunction(inOrder(known)).flatMap((group) => clashesOf(group))];
  },
});

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
      .filter((earlier) => overlap(earlier, later) && areComparable(earlier, later))
      .map((earlier) => () => (areApart(earlier, later) ? [] : [clash(earlier, later)])),
  );
}

function areComparable(one: Claim, other: Claim): boolean {
  const isOnePolicy = one.owner !== other.owner && one.name !== undefined && one.name === other.name;
  return !isOnePolicy && !(one.isNamedToo && other.isNamedToo);
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
  const who = earlier.owner === later.owner ? "itself" : earlier.who;
  const finding = `${later.who} takes ${later.text}, of which ${who} takes ${earlier.text}, on nodes that both select: one of them gets fewer functions than it says; give each a range of its own`;
  return { finding, urn: later.urn };
}
