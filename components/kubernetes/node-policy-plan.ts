import { KubernetesError } from "./errors";
import type { SriovNic, SriovNodePolicyArgs } from "./node-policy-args";
import { type Refuse, refuseOpenSelector, refuseResourceName, refusing } from "./refusals";

export const OPERATOR_NAMESPACE = "sriov-network-operator";

/**
 * The object of the operator. Pure.
 *
 * @throws KubernetesError for what the operator takes, and a DPDK node could not live with.
 */
export function nodePolicy(name: string, args: SriovNodePolicyArgs) {
  refusePolicy(name, args);
  const { nic } = args;
  const isMellanox = nic.model === "mellanox";
  return {
    metadata: { name, namespace: args.namespace ?? OPERATOR_NAMESPACE },
    spec: {
      resourceName: args.resource,
      nodeSelector: { ...args.nodeSelector },
      priority: args.priority ?? 50,
      numVfs: args.functions,
      ...(args.mtu === undefined ? {} : { mtu: args.mtu }),
      nicSelector: { vendor: VENDORS[nic.model], ...selectorOf(args) },
      deviceType: isMellanox ? "netdevice" : "vfio-pci",
      isRdma: isMellanox,
    },
  };
}

/** PCI vendors. */
export const VENDORS: Readonly<Record<SriovNic["model"], string>> = {
  intel: "8086",
  "82576": "8086",
  mellanox: "15b3",
  ena: "1d0f",
};

function selectorOf({ nic, range }: SriovNodePolicyArgs) {
  const part = range === undefined ? "" : `#${range.first}-${range.last}`;
  return {
    ...(nic.interfaces === undefined ? {} : { pfNames: nic.interfaces.map((each) => `${each}${part}`) }),
    ...(nic.addresses === undefined ? {} : { rootDevices: [...nic.addresses] }),
    // The operator wants the subnet without its prefix (pkg/platform/aws/aws.go).
    ...(nic.subnet === undefined ? {} : { netFilter: `aws/NetworkID:${nic.subnet}` }),
  };
}

function refusePolicy(name: string, args: SriovNodePolicyArgs): void {
  const refuse: Refuse = refusing(name);
  const { nic, functions, range, priority = 50, mtu } = args;
  refuseResourceName("resource", args.resource, refuse);
  refuseOpenSelector(args.nodeSelector, refuse);
  if (nic.model === "ena") refuseEna(nic, functions, refuse);
  else refuseUnpinned(nic, refuse);
  if (range !== undefined && nic.interfaces === undefined)
    refuse(
      "range has no nic.interfaces",
      "the operator takes a part of the functions by the interface's name alone; write it",
    );
  if (!Number.isInteger(functions) || functions < 1 || functions > 256)
    refuse(`functions is ${functions}`, "write how many each NIC is cut into, from 1 to 256");
  if (nic.model === "82576" && functions > 7) refuse(`functions is ${functions}`, "an 82576 has 7 at most");
  if (range !== undefined && !(range.first >= 0 && range.first <= range.last && range.last < functions))
    refuse(
      `range is ${range.first} to ${range.last}`,
      `write two numbers from 0 to ${functions - 1}, the lower one first`,
    );
  if (!Number.isInteger(priority) || priority < 0 || priority > 99)
    refuse(`priority is ${priority}`, "write a whole number from 0, the highest, to 99");
  if (mtu !== undefined && (mtu < 68 || mtu > 9702)) refuse(`mtu is ${mtu}`, "write bytes from 68 to 9702");
}

function refuseEna(nic: SriovNic, functions: number, refuse: Refuse): void {
  if (functions !== 1) refuse(`functions is ${functions} of ena`, "an interface of EC2 is one function; write 1");
  if (!/^subnet-[0-9a-f]+$/.test(nic.subnet ?? ""))
    refuse(
      `nic.subnet is ${nic.subnet}`,
      "write the subnet of DPDK's interfaces, subnet-…; the operator tells them by it alone",
    );
}

function refuseUnpinned(nic: SriovNic, refuse: Refuse): void {
  if (nic.subnet !== undefined)
    refuse(`nic.subnet is ${nic.subnet} of ${nic.model}`, "only ena is told by a subnet; leave it out");
  if ((nic.interfaces ?? []).length + (nic.addresses ?? []).length === 0)
    refuse(
      "nic names neither interfaces nor addresses, which selects every NIC of the vendor, the management's too",
      "write the physical function's name or its PCI address",
    );
}

/** A policy by its name, to be compared with others of one cluster. */
export interface NamedPolicy {
  readonly name: string;
  readonly args: SriovNodePolicyArgs;
}

/**
 * Two policies whose nodes can be the same and which take the same functions: one of them would get fewer than it says.
 *
 * @throws KubernetesError naming both, and what they share.
 */
export function refuseOverlaps(policies: readonly NamedPolicy[]): void {
  for (const [at, later] of policies.entries())
    for (const earlier of policies.slice(0, at)) {
      const shared = sharedFunctions(earlier.args, later.args);
      if (shared !== null && mayMeet(earlier.args.nodeSelector, later.args.nodeSelector))
        throw new KubernetesError(
          `${later.name} and ${earlier.name} both take functions of ${shared.nic}`,
          `${shared.remedy}, or node selectors that no node has both of`,
        );
    }
}

function sharedFunctions(one: SriovNodePolicyArgs, other: SriovNodePolicyArgs) {
  const same = (mine: readonly string[] = [], theirs: readonly string[] = []) =>
    mine.find((each) => theirs.includes(each)) ?? null;
  const [address, name] = [
    same(one.nic.addresses, other.nic.addresses),
    same(one.nic.interfaces, other.nic.interfaces),
  ];
  const remedy = "give each a range of its own";
  // The operator's webhook compares addresses without their ranges (1.5.0, pkg/webhook/validate.go, validateRootDevices).
  if (address !== null) return { nic: address, remedy: `${remedy} with nic.interfaces, and nic.addresses in neither` };
  if (one.nic.subnet !== undefined && one.nic.subnet === other.nic.subnet) return { nic: one.nic.subnet, remedy };
  return name !== null && meet(rangeOf(one), rangeOf(other)) ? { nic: name, remedy } : null;
}

function rangeOf({ range, functions }: SriovNodePolicyArgs): readonly [number, number] {
  return range === undefined ? [0, functions - 1] : [range.first, range.last];
}

function meet([from, to]: readonly [number, number], [first, last]: readonly [number, number]): boolean {
  return from <= last && first <= to;
}

/** A node has one value of a label: two that ask for different ones never meet. */
function mayMeet(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return Object.entries(one).every(([label, value]) => other[label] === undefined || other[label] === value);
}
