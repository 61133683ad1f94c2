import type { PolicyResource } from "@pulumi/policy";
import { once, partsOf, textsOf } from "../parts";
import { configurationsOf, poolsOf } from "./device-plugin";
import { nameOf, namespaceOf, objectsOf, type Placed, type Props } from "./objects";
import { type VfRange, vfRangesOf } from "./vf-range";

/** Virtual functions that a policy, or a pool, takes. */
export interface Claim extends VfRange {
  readonly urn: string;
  /** The policy, or the pool, itself: a URN is of one resource only where an engine gave it. */
  readonly owner: object;
  readonly who: string;
  /** Of the policy; two of one name are one policy to the operator (`dpdk-policy-name-unique` says so). */
  readonly name: string | undefined;
  /** As it is written: `eno1#0-3`. */
  readonly text: string;
  /** Claims of two scopes never meet: another cluster, another operator, another ConfigMap. */
  readonly scope: string;
  /** What nodes and devices must have besides; where two want different values of one, no device has both. */
  readonly marks: ReadonlyMap<string, () => readonly string[]>;
  /** By an address, of a policy that names the interface too: two of those are compared by its name. */
  readonly isNamedToo: boolean;
}

/** Each claim of a stack; one that throws where it is not known yet. */
export function claimsOf(resources: readonly PolicyResource[]): (() => Claim)[] {
  const policies = objectsOf(resources, "SriovNetworkNodePolicy").filter(({ object }) => !object.isPatch);
  return [...policies.flatMap((one) => [...byName(one), ...byAddress(one)]), ...poolClaims(resources)];
}

function byName(policy: Placed): (() => Claim)[] {
  return namesOf(policy).flatMap((read) =>
    partsOf(() => {
      const text = read();
      return rangesOf(text, policy).map((range) => () => ({
        ...claimOf(policy, range, text, ["rootDevices"]),
        isNamedToo: false,
      }));
    }),
  );
}

/** With one interface beside them the addresses have its range; with several nobody knows which is whose. */
function byAddress(policy: Placed): (() => Claim)[] {
  return partsOf(() => {
    const names = namesOf(policy).flatMap((read) => rangesOf(read(), policy));
    if (names.length > 1) return [];
    return textsOf(() => selectorOf(policy).rootDevices).flatMap((read) =>
      partsOf(() => {
        const text = read();
        return rangesOf(text, policy).map((range) => () => ({
          ...claimOf(policy, { ...range, ...names[0], pf: range.pf }, text, []),
          isNamedToo: names.length === 1,
        }));
      }),
    );
  });
}

function selectorOf({ object }: Placed): Props {
  return object.spec().nicSelector ?? {};
}

function namesOf(policy: Placed): (() => string)[] {
  return textsOf(() => selectorOf(policy).pfNames);
}

/** All functions of a policy are as many as it makes. */
function rangesOf(text: string, { object }: Placed): VfRange[] {
  return (vfRangesOf(text) ?? []).map((range) => {
    if (range.isWritten) return range;
    const made = object.spec().numVfs;
    return typeof made === "number" ? { ...range, last: made - 1 } : range;
  });
}

/** A policy in another namespace is another operator's. */
function claimOf({ object, urn, cluster }: Placed, range: VfRange, text: string, lists: readonly string[]) {
  const scope = JSON.stringify([cluster, namespaceOf(object)]);
  const name: string | undefined = object.metadata().name ?? undefined;
  return { ...range, urn, owner: object, who: nameOf(object), name, text, scope, marks: marksOf(object.spec(), lists) };
}

function marksOf(spec: Props, lists: readonly string[]): Claim["marks"] {
  const labels: Props = spec.nodeSelector ?? {};
  const nic: Props = spec.nicSelector ?? {};
  const names = ["vendor", "deviceID", "netFilter", ...lists].filter((name) => name in nic);
  return new Map([
    ...Object.keys(labels).map((key) => [`label ${key}`, once(() => [String(labels[key])])] as const),
    ...names.map((name) => [name, once(() => [nic[name]].flat().map(String))] as const),
  ]);
}

/** The first pool that fits takes a device, so only ranges that are written out can be meant to be apart. */
function poolClaims(resources: readonly PolicyResource[]): (() => Claim)[] {
  return resources.flatMap(({ type, props, urn }) =>
    poolsOf(configurationsOf({ type, props }) ?? []).flatMap((read) =>
      partsOf(() => {
        const pool = read();
        return pool.selectors.flatMap(({ pfNames = [], rootDevices = [], ...others }) => {
          const marks = new Map(Object.entries(others).map(([name, list]) => [name, () => list]));
          return [...pfNames, ...rootDevices].flatMap((text) =>
            (vfRangesOf(text) ?? [])
              .filter(({ isWritten }) => isWritten)
              .map((range) => () => ({
                ...range,
                urn,
                owner: pool,
                who: pool.where,
                name: undefined,
                text,
                scope: urn,
                marks,
                isNamedToo: false,
              })),
          );
        });
      }),
    ),
  );
}
