import table from "./instance-families.json";

/** An instance type with the figures of `instance-families.json`. */
export interface EnaInstanceType {
  /** Example: `c6in.32xlarge`. */
  readonly name: string;
  /** Example: `c6in`. */
  readonly family: string;
  readonly architecture: Architecture;
  /** Metal has an IOMMU, virtualised types have none (amzn/amzn-drivers, userspace/dpdk/README.md). */
  readonly isMetal: boolean;
  readonly vcpus: number;
  readonly cores: number;
  /** Of a core, as the type starts without CPU options. */
  readonly threadsPerCore: number;
  readonly memoryMiB: number;
  /** NUMA nodes; null where AWS does not tell. */
  readonly numaNodes: number | null;
  /** Gbit/s that the type has at any time, of all its cards together. */
  readonly baselineGbps: number;
  readonly cards: readonly NetworkCard[];
}

export type Architecture = "x86_64" | "arm64";

/** A network card of a type. */
export interface NetworkCard {
  /** Interfaces that it takes. */
  readonly interfaces: number;
  /** Gbit/s that it has at any time. */
  readonly baselineGbps: number;
  /** Queues of an interface that asks for none. */
  readonly defaultQueues: number;
  /** The most that an interface may ask for; null where its number is fixed. */
  readonly queuesOfInterface: number | null;
  /** The most of all interfaces of the card together; null where their numbers are fixed. */
  readonly queuesOfCard: number | null;
}

/** Null where the table does not have it. */
export function enaInstanceType(name: string): EnaInstanceType | null {
  const [family = "", size = "", ...more] = name.split(".");
  if (!Object.hasOwn(families, family) || more.length > 0) return null;
  const found = families[family] as Family;
  if (!Object.hasOwn(found.sizes, size)) return null;
  const row = found.sizes[size];
  const [vcpus, cores, memoryMiB, numaNodes, baselineGbps, ...cards] = row as unknown as Row;
  const { architecture, threadsPerCore } = found;
  const isMetal = size.startsWith("metal");
  const figures = { vcpus, cores, threadsPerCore, memoryMiB, numaNodes, baselineGbps, cards: cards.map(cardOf) };
  return { name, family, architecture: architecture as Architecture, isMetal, ...figures };
}

/** Names of all types of the table; of one family, where it is named. */
export function enaTypeNames(family?: string): string[] {
  return Object.entries(families)
    .filter(([name]) => family === undefined || name === family)
    .flatMap(([name, { sizes }]) => Object.keys(sizes).map((size) => `${name}.${size}`));
}

export function enaFamilies(): string[] {
  return Object.keys(families);
}

/** Interfaces of all cards together. */
export function interfacesOf({ cards }: Pick<EnaInstanceType, "cards">): number {
  return cards.reduce((sum, { interfaces }) => sum + interfaces, 0);
}

type CardRow = readonly [number, number, number, number | null, number | null];
type Row = readonly [number, number, number, number | null, number, ...CardRow[]];
interface Family {
  readonly architecture: string;
  readonly threadsPerCore: number;
  readonly sizes: Readonly<Record<string, readonly (number | null | readonly (number | null)[])[]>>;
}

const families: Readonly<Record<string, Family>> = table.families;

function cardOf([interfaces, baselineGbps, defaultQueues, queuesOfInterface, queuesOfCard]: CardRow): NetworkCard {
  return { interfaces, baselineGbps, defaultQueues, queuesOfInterface, queuesOfCard };
}
