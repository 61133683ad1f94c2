import { settle, thoseThat } from "../parts";
import type { Finding, RuleArgs } from "../rule";
import { elementsOf } from "./machine";

type Props = RuleArgs["props"];

/** An interface of a machine, at a device index of a network card. Reading an index that is not known yet throws. */
export interface Port {
  /** How others speak of it: `networkInterfaces[1]`, or the name of a resource. */
  readonly title: string;
  /** What stands before its properties: `networkInterfaces[1].`, nothing where they are those of a resource. */
  readonly where: string;
  /** Undefined where nothing says it. */
  device(): number | undefined;
  card(): number;
}

/** `read`: the element or the resource that says where the interface is. */
export function portOf(title: string, where: string, read: () => Props): Port {
  const index = (value: unknown) => (value === undefined || value === null ? undefined : Number(value));
  return {
    title,
    where,
    device: () => index(read().deviceIndex),
    card: () => index(read().networkCardIndex) ?? 0,
  };
}

/** Of a machine's own list. */
export function portsOf(props: Props, list: string): Port[] {
  return elementsOf(props, list).map((read, at) => portOf(`${list}[${at}]`, `${list}[${at}].`, () => read().props));
}

/** A card that the type has not. `cards`: how many interfaces each one takes. */
export function missingCard({ where, card }: Port, cards: readonly number[], type: string): Finding[] {
  const asked = card();
  if (asked < cards.length) return [];
  return [
    `${where}networkCardIndex is ${asked}, and ${type} has ${cards.length} network card(s), counted from 0; AWS starts no such machine`,
  ];
}

/** More on a card than it takes, or more than all of them take, whichever cards they are on. */
export function crowding(ports: readonly Port[], cards: readonly number[], type: string): Finding[] {
  const { known, unknown } = settle(ports.map(({ card }) => card));
  const crowded = cards.flatMap((most, card) => {
    const wanted = known.filter((each) => each === card).length;
    if (wanted <= most) return [];
    return [
      `${wanted} interfaces on network card ${card} of ${type}, which takes ${most}; take a larger size or another card`,
    ];
  });
  if (crowded.length > 0) return crowded;
  const most = cards.reduce((sum, each) => sum + each, 0);
  if (ports.length > most) return [`${ports.length} interfaces on ${type}, which takes ${most}; take a larger size`];
  for (const fail of unknown) fail();
  return [];
}

/** The device index of another interface: each card counts its own (amazonlinux/amazon-ec2-net-utils#104). */
export function sameIndex(port: Port, others: readonly Port[]): Finding[] {
  const [device, card] = [port.device(), port.card()];
  if (device === undefined) return [];
  const isThere = (other: Port) => other.device() === device && other.card() === card;
  const [taken] = thoseThat(
    others.map((other) => () => other),
    isThere,
  );
  if (taken === undefined) return [];
  return [
    `${port.where}deviceIndex is ${device}, and ${taken.title} has that index of network card ${card}; AWS attaches one interface to an index, so take another`,
  ];
}
