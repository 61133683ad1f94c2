import type { Facts } from "../host/facts";
import type { HostPlan } from "../host/plan-schema";
import { type NamedPolicy, VENDORS } from "./node-policy-plan";

/** What is known of the worker beside its plan. */
export interface WorkerSeen {
  /** Its labels in the cluster, by which policies select it. Example: `{ "node-role.kubernetes.io/validator": "" }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the node agent found on it, for the names of its interfaces. A card on vfio-pci has none, so before it was bound. */
  readonly facts?: Facts | undefined;
}

export interface NicOwners {
  /** NICs that the plan binds or cuts and a policy takes too. */
  readonly shared: readonly SharedNic[];
  /** Those of which it cannot be told. */
  readonly unjudged: readonly UnjudgedNic[];
}

export interface SharedNic {
  readonly policy: string;
  readonly nic: string;
  readonly pci: string;
}

export interface UnjudgedNic extends SharedNic {
  /** What is not known: a label that the cluster gives, the NIC's interface, or its subnet. */
  readonly unknown: Unknown;
  readonly why: string;
}

type Unknown = "label" | "interface" | "subnet";
type Nic = HostPlan["nics"][number];
/** Whether a policy takes a NIC, or why that is not known. */
type Verdict = { readonly takes: boolean } | Pick<UnjudgedNic, "unknown" | "why">;

/**
 * NICs that two would own: the host plan, which binds them or cuts them into functions at every boot, and the SR-IOV operator, which does it
 * its own way and reboots for it. Pure. NICs are compared by PCI address; one that a policy names by its interface alone, by the address
 * that the facts give that name. All of a policy's words must fit, as with the operator (api/v1/helper.go, Selected).
 */
export function nicOwners(
  plan: Pick<HostPlan, "node" | "nics">,
  policies: readonly NamedPolicy[],
  seen: WorkerSeen,
): NicOwners {
  const [shared, unjudged]: [SharedNic[], UnjudgedNic[]] = [[], []];
  for (const policy of policies)
    for (const nic of plan.nics.filter(isOwned)) {
      const verdict = verdictOf(policy, nic, seen);
      const one = { policy: policy.name, nic: nic.name, pci: nic.pci };
      if ("unknown" in verdict) unjudged.push({ ...one, ...verdict });
      else if (verdict.takes) shared.push(one);
    }
  return { shared, unjudged };
}

/** A line of what cannot be told, with what would tell it. */
export function unjudgedLine(node: string, nic: UnjudgedNic, remedies: Readonly<Record<Unknown, string>>): string {
  return `${node}: whether policy ${nic.policy} takes ${nic.nic} (${nic.pci}) too: ${nic.why}; ${remedies[nic.unknown]}`;
}

/** One that stays with its driver as a whole may be the operator's. */
function isOwned({ bind, virtualFunctions }: Nic): boolean {
  return bind !== undefined || virtualFunctions.length > 0;
}

/** One word that does not fit is enough; what is not known counts only where all others fit. */
function verdictOf(policy: NamedPolicy, nic: Nic, seen: WorkerSeen): Verdict {
  const words = [
    bySelector(policy, seen),
    byModel(policy, nic, seen),
    byAddress(policy, nic),
    byInterface(policy, nic, seen),
    bySubnet(policy),
  ];
  return (
    words.find((word) => "takes" in word && !word.takes) ?? words.find((word) => "unknown" in word) ?? { takes: true }
  );
}

// kubernetes.io/hostname, node.kubernetes.io/instance-type, feature.node.kubernetes.io/…: nobody writes these into a program.
const ofCluster = /^(beta\.|node\.|topology\.|feature\.node\.)?kubernetes\.io\//;

function bySelector({ args }: NamedPolicy, { labels }: WorkerSeen): Verdict {
  const missing = Object.entries(args.nodeSelector).flatMap(([label, value]) =>
    labels[label] === value ? [] : [label],
  );
  const [first] = missing;
  if (first === undefined) return { takes: true };
  const mayBeThere = missing.every((label) => labels[label] === undefined && ofCluster.test(label));
  return mayBeThere ? { unknown: "label", why: `the cluster gives ${first} by itself` } : { takes: false };
}

/** A policy is for one vendor's cards; `ena` is told by its driver too. Where the card's vendor is not known, its name decides. */
function byModel({ args }: NamedPolicy, nic: Nic, { facts }: WorkerSeen): Verdict {
  const vendor = nic.id?.split(":")[0] ?? facts?.nics.find(({ pci }) => pci === nic.pci)?.vendor;
  if (args.nic.model === "ena" && nic.driver !== "ena") return { takes: false };
  return { takes: vendor === undefined || vendor === null || vendor === VENDORS[args.nic.model] };
}

function byAddress({ args }: NamedPolicy, { pci }: Nic): Verdict {
  return { takes: args.nic.addresses?.includes(pci) ?? true };
}

/** A policy that names the address means this card, whatever its interface is called now. */
function byInterface({ args }: NamedPolicy, { pci }: Nic, { facts }: WorkerSeen): Verdict {
  const { interfaces, addresses } = args.nic;
  if (interfaces === undefined || addresses?.includes(pci)) return { takes: true };
  const known = facts?.nics ?? [];
  const own = known.find((nic) => nic.pci === pci)?.interface ?? null;
  if (own !== null) return { takes: interfaces.includes(own) };
  const strange = interfaces.filter((name) => !known.some((nic) => nic.interface === name));
  if (strange.length === 0) return { takes: false };
  return { unknown: "interface", why: `it names ${strange.join(", ")}` };
}

function bySubnet({ args }: NamedPolicy): Verdict {
  if (args.nic.subnet === undefined) return { takes: true };
  return { unknown: "subnet", why: `it takes all of ${args.nic.subnet}` };
}
