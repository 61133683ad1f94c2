import { known } from "../aws/known";
import { type StackFinding, stackRule } from "../rule";
import { areTwo, type Entry, entersNodes, entryOf } from "./nodes";
import { hostPlanOf } from "./plan";

export const addressUnique = stackRule({
  name: "dpdk-address-unique",
  displayName: "Every node has addresses of its own",
  description:
    "No two nodes of a stack are entered at one address, and no two of their functions have one MAC address.",
  why: "Two plans for one machine undo each other at every update, and of two ports with one MAC address the switch reaches only one.",
  source: "docs/architecture.md",
  group: "host",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Correct `ssh.host` of one of the nodes, or the `mac` of one of the functions.",
  judge: ({ resources }) => {
    const commands = resources.filter(entersNodes);
    if (commands.length === 0) return "the stack enters no node";
    const seen: Entry[] = [];
    const macs = new Map<string, { node: string; nic: string }>();
    return commands.flatMap((one) => [
      () => {
        const entry = entryOf(one);
        return entry === null ? [] : ofEntry(entry, seen);
      },
      () => ofMacs(one.urn, hostPlanOf(one), macs),
    ]);
  },
});

function ofEntry(entry: Entry, seen: Entry[]): StackFinding[] {
  const there = seen.filter(({ address }) => address === entry.address);
  seen.push(entry);
  const named = there.some(({ node }) => node === entry.node) ? undefined : there.find((each) => areTwo(each, entry));
  if (named !== undefined)
    return tell(
      entry,
      `${entry.node} is entered at ${entry.address}, as ${named.node} is: they undo each other; correct one`,
    );
  const key = keyOf(entry);
  const keyed = there.find((each) => contradicts(keyOf(each), key));
  if (keyed === undefined) return [];
  return tell(
    entry,
    `${entry.address} has another host key here than in ${keyed.name}: two nodes have one address, or one of the keys is wrong; correct it`,
  );
}

const tell = ({ urn }: Entry, finding: string): StackFinding[] => [{ urn, finding }];

/** Of a machine that is still to be made it is not known, and says nothing against its address. */
const keyOf = (entry: Entry) => known(() => entry.hostKey()) ?? null;

/** A machine has a key of each kind: only two of one kind contradict each other. */
function contradicts(one: string | null, other: string | null): boolean {
  const kind = (key: string | null) => key?.split(" ")[0];
  return one !== other && kind(one) === kind(other);
}

/** An instance's, which its node is told: the plan has the NIC's name alone (components/host/nics.ts). */
const late = /^\{mac:/;

function ofMacs(
  urn: string,
  plan: ReturnType<typeof hostPlanOf>,
  macs: Map<string, { node: string; nic: string }>,
): StackFinding[] {
  if (plan === null) return [];
  const own = (plan.nics ?? []).flatMap((nic) =>
    [nic.mac, ...nic.virtualFunctions.map(({ mac }) => mac)].map((mac) => ({ nic: nic.name, mac: mac?.toLowerCase() })),
  );
  return own.flatMap(({ nic, mac }) => {
    if (mac === undefined || late.test(mac)) return [];
    const other = macs.get(mac);
    macs.set(mac, { node: plan.node, nic });
    if (other === undefined || other.node === plan.node) return [];
    const finding = `${plan.node}: MAC address ${mac} of ${nic} is that of ${other.nic} of ${other.node}: the switch reaches only one of them; change one`;
    return [{ urn, finding }];
  });
}
