import type { PolicyResource } from "@pulumi/policy";
import { anyOf } from "../parts";
import { type Finding, type StackFinding, stackRule } from "../rule";
import { type Attached, attachedIn, attachment, nic } from "./attachments";
import { cardsOf } from "./instance-types";
import { type Links, linksOf } from "./links";
import { crowding, missingCard, sameIndex } from "./network-cards";
import { ownInterfaces } from "./own-interfaces";
import { isDpdk } from "./role";

export const attachmentsFit = stackRule({
  name: "dpdk-attachments-fit",
  displayName: "Attached interfaces fit the instance",
  description:
    "A DPDK node's own interfaces and those that are attached to it are no more than its type and each of its cards takes, each at an index of its own.",
  why: "AWS starts the instance and then refuses the attachment, so that the node is up without its port.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Take a size that takes all interfaces, and give each a free `deviceIndex` of a card that the type has.",
  judge: ({ resources }) => {
    if (!resources.some(({ type }) => type === attachment || type === nic)) return "the stack has no EC2 interface";
    const { known, unknown } = attachedIn(resources);
    const to = new Map<PolicyResource, Attached[]>();
    for (const one of known)
      if (typeof one.instance !== "string") to.set(one.instance, [...(to.get(one.instance) ?? []), one]);
    const links = linksOf(resources);
    return [...[...to].flatMap(([instance, attached]) => partsOfInstance(instance, attached, links)), ...unknown];
  },
});

type Part = () => StackFinding[];

function partsOfInstance(instance: PolicyResource, all: readonly Attached[], links: Links): Part[] {
  const own = ownInterfaces(instance, links);
  const attached = all.filter((one) => !own.isListed(one.nic));
  if (attached.length === 0) return []; // what it lists itself, dpdk-instance-type judges
  const ports = [...own.ports, ...attached.map(({ port }) => port)];
  const onCards = (judge: (cards: readonly number[], type: string) => Finding[]) => () => {
    const cards = cardsOf(own.type());
    return cards === null ? [] : judge(cards, String(own.type()));
  };
  const parts: (readonly [about: PolicyResource, judge: () => Finding[]])[] = [
    [instance, onCards((cards, type) => crowding(ports, cards, type))],
    ...attached.flatMap(({ by, port }, at) => [
      [by, onCards((cards, type) => missingCard(port, cards, type))] as const,
      [by, () => sameIndex(port, ports.slice(0, own.ports.length + at))] as const,
    ]),
  ];
  const machine = [instance, ...attached.map((one) => one.nic)].filter((one) => typeof one !== "string");
  const reads = machine.map((one) => () => one);
  return parts.map(([{ urn }, judge]) => () => {
    const found = judge();
    return found.length > 0 && anyOf(reads, isDpdk) ? found.map((finding) => ({ urn, finding })) : [];
  });
}
