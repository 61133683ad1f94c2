import { type StackFinding, stackRule } from "../rule";
import { areTwo, comparable, type Entry, entersNodes, entryOf } from "./nodes";

export const hostKeyUnique = stackRule({
  name: "dpdk-host-key-unique",
  displayName: "Every node has a host key of its own",
  description: "No two nodes of a stack have one SSH host key.",
  why: "Nodes that were copied from one disk answer for each other: a command that is meant for one is believed by the other, and whoever owns one is both.",
  source: "docs/failures.md, 12",
  group: "host",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Remove /etc/ssh/ssh_host_* on the copy, run `ssh-keygen -A`, and give the new key as its hostKey.",
  judge: ({ resources }) => {
    const commands = resources.filter(entersNodes);
    if (commands.length === 0) return "the stack enters no node";
    const seen: Keyed[] = [];
    return commands.map((one) => () => {
      const entry = entryOf(one);
      if (entry === null) return [];
      const key = entry.hostKey();
      return key === null ? [] : repeated({ entry, key }, seen);
    });
  },
});

interface Keyed {
  readonly entry: Entry;
  readonly key: string;
}

/** Of each node once, at the first command that shows it. */
function repeated(one: Keyed, seen: Keyed[]): StackFinding[] {
  const { entry } = one;
  const same = seen.filter(({ key }) => key === one.key).map((each) => each.entry);
  if (same.some((each) => !areTwo(each, entry))) return [];
  seen.push(one);
  const [other] = same;
  if (other === undefined) return [];
  const message = `${shown(entry)} has the host key of ${shown(other)}: each is believed to be the other; make a new key on one of them`;
  const isCertain = (entry.node !== null && other.node !== null) || comparable(entry, other);
  return [{ urn: entry.urn, finding: isCertain ? message : { warning: message } }];
}

const shown = ({ node, name, address }: Entry) => `${node ?? name} (${address})`;
