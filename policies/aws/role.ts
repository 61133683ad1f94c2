import type { PolicyResource } from "@pulumi/policy";
import { roleKey } from "../kubernetes/role";
import { partsOf } from "../parts";
import type { RuleArgs } from "../rule";
import { inputsOf, textsIn } from "./known";
import { decoded } from "./user-data";

/**
 * What a machine or an interface is for. Rules about DPDK leave the others alone.
 *
 * - `dpdk`: declared, or a name, tag, description or user data of it speaks of DPDK's drivers or programs;
 * - `bastion`: declared, never guessed;
 * - `other`.
 */
export type Role = "dpdk" | "bastion" | "other";

type Props = RuleArgs["props"];
type Resource = Pick<RuleArgs, "name" | "props">;

const dpdkWords =
  /dpdk|vfio[-_]?pci|igb_uio|uio_pci_generic|unsafe_noiommu|testpmd|pktgen|data-?plane|fast-?path|\bsr-?iov\b|\bisolcpus=/i;

// Names of machines that stand beside DPDK nodes, in fleets whose every name speaks of DPDK.
const beside = /bastion|jump-?(host|box)|monitor|build|\bnat\b/i;

const places = ["name", "namePrefix", "nodeGroupName", "nodeGroupNamePrefix", "description"];

// What such tags say is true of all that a project makes.
const ofAll =
  /^(project|stack|fleet|env|owner|team|repo|cost|cluster|pulumi|aws:|pantheonchain\.org\/)|kubernetes\.io\/cluster/i;

/** Throws the SDK's error where what would tell it is not known yet. */
export function roleOf({ name, props }: Resource): Role {
  const declared = declaredRole(props);
  if (declared !== null) return declared;
  const named = [{ texts: [name] }, ...places.map((place) => textsIn(() => props[place])), ...tagTexts(props)];
  if (named.some(({ texts }) => texts.some((text) => beside.test(text)))) return "other";
  const within = ["networkInterfaces", "userData", "userDataBase64"].map((place) => textsIn(() => props[place]));
  const all: { texts: readonly string[]; error?: unknown }[] = [...named, ...within];
  if (all.some(({ texts }) => texts.some((text) => dpdkWords.test(decoded(text))))) return "dpdk";
  const unknown = all.find(({ error }) => error !== undefined);
  if (unknown !== undefined) throw unknown.error;
  return "other";
}

/** Of a resource of a stack. */
export function isDpdk(one: PolicyResource): boolean {
  return roleOf({ name: one.name, props: inputsOf(one) }) === "dpdk";
}

/** By the tag or label of pods' roles; null where none says it. */
export function declaredRole(props: Props): Role | null {
  const said: unknown[] = tagLists(props).map((read) => read()?.[roleKey]);
  const role = said.find((each) => each !== undefined);
  return role === "dpdk" || role === "bastion" || role === "other" ? role : null;
}

/** Tags and labels, those too that a launch template gives to what it starts. */
function tagLists(props: Props): (() => Props | undefined)[] {
  const specified = partsOf(() => {
    const found: Props[] = props.tagSpecifications ?? [];
    return [...found.keys()].map((at) => (): Props | undefined => found[at]?.tags);
  });
  return [() => asMap(props.tags), () => props.labels, ...specified];
}

/** An autoscaling group lists its tags: `{ key, value, propagateAtLaunch }`. */
function asMap(tags: unknown): Props | undefined {
  if (!Array.isArray(tags)) return tags as Props | undefined;
  return Object.fromEntries(tags.map((tag: Props) => [String(tag.key), tag.value]));
}

function tagTexts(props: Props): ReturnType<typeof textsIn>[] {
  return tagLists(props).flatMap((read) => {
    const names = textsIn(() => Object.keys(read() ?? {}).filter((name) => !ofAll.test(name)));
    return [names, ...names.texts.map((name) => textsIn(() => read()?.[name]))];
  });
}
