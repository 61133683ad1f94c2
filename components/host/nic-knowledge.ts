import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const identity = z.string().regex(/^[0-9a-f]{4}:([0-9a-f]{4}|\*)$/);

const cardSchema = z.strictObject({
  name: z.string(),
  /** PCI vendor and device; `15b3:*` is every other device of a vendor. */
  ids: z.array(identity),
  /** The kernel's driver. */
  driver: z.string(),
  /** DPDK's driver library. */
  pmd: z.string(),
  /** How DPDK gets the card: handed to vfio-pci, through its kernel driver, or by Hyper-V's UIO. */
  model: z.enum(["vfio", "bifurcated", "uio_hv_generic"]),
  /** Whether it is a virtual function of another entry's card. */
  virtual: z.boolean(),
  virtualFunction: identity.nullable(),
  /** Fastest port, in bit/s. */
  lineRate: z.number().int().positive().nullable(),
  packetsPerSecond: z.array(
    z.strictObject({ rate: z.number().int().positive(), per: z.enum(["port", "device"]), source: z.string() }),
  ),
  queues: z.number().int().positive().nullable(),
  rss: z.boolean().nullable(),
  jumbo: z.boolean().nullable(),
  firmware: z.strictObject({ version: z.string(), means: z.enum(["tested", "least"]) }).nullable(),
  ddp: z.string().nullable(),
  modules: z.array(z.string()),
  notes: z.array(z.strictObject({ text: z.string(), source: z.string() })),
  /** Where each figure comes from: a key of `sources`. */
  sources: z.record(z.string(), z.string()),
});

export const knowledgeSchema = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), z.string()),
  cards: z.array(cardSchema),
});

export type Card = Readonly<z.output<typeof cardSchema>>;

/** What one port may be asked for. Null: not known, so that nothing is refused for it. */
export interface PortLimits {
  /** As a message names it: the card, or its driver where only that is known. */
  readonly what: string;
  readonly queues: number | null;
  readonly rss: false | null;
  readonly jumbo: false | null;
}

/** What is known of a NIC of a fleet file. */
export interface NicKind {
  /** The card; null where its ids are unknown or not said. */
  readonly card: Card | null;
  readonly model: Card["model"] | null;
  /** Kernel modules that its PMD needs beside the driver. */
  readonly modules: readonly string[];
  readonly whole: PortLimits;
  readonly virtualFunction: PortLimits;
}

// The node agent carries this file, so it lies with its modules; both sides read the same one.
const file = join(__dirname, "agent", "dpdk_node_agent", "nic-knowledge.json");
export const knowledge = knowledgeSchema.parse(JSON.parse(readFileSync(file, "utf8")));

/** A frame of 64 bytes, its preamble (8) and the gap to the next (12), in bits (IEEE 802.3). */
const SMALLEST_FRAME_BITS = (64 + 8 + 12) * 8;

/** Frames of 64 bytes that fit on the card's line, in millions a second; null where the line's rate is not known. */
export function lineRateMpps({ lineRate }: Card): number | null {
  return lineRate === null ? null : Math.round(lineRate / SMALLEST_FRAME_BITS / 10_000) / 100;
}

export function cardWith(id: string): Card | null {
  const exact = knowledge.cards.find(({ ids }) => ids.includes(id));
  return exact ?? knowledge.cards.find(({ ids }) => ids.includes(`${id.split(":")[0]}:*`)) ?? null;
}

/** What is known by a NIC's ids and, failing that, by its kernel driver: then as much as any card of that driver can. */
export function nicKind({ id, driver }: { readonly id: string | null; readonly driver: string }): NicKind {
  const card = id === null ? null : cardWith(id);
  const candidates = card ? [card] : knowledge.cards.filter((known) => known.driver === driver && !known.virtual);
  const functions = candidates.flatMap(({ virtualFunction }) => cardWith(virtualFunction ?? "") ?? []);
  const what = card?.name ?? driver;
  return {
    card,
    model: candidates[0]?.model ?? null,
    modules: candidates[0]?.modules ?? [],
    whole: limits(what, candidates),
    virtualFunction: limits(what, functions.length < candidates.length ? [] : functions),
  };
}

/** The widest of the cards' limits; a card of which a limit is not known makes it unknown. */
function limits(what: string, cards: readonly Card[]): PortLimits {
  const known = cards.flatMap(({ queues }) => queues ?? []);
  const queues = known.length > 0 && known.length === cards.length ? Math.max(...known) : null;
  const can = (key: "rss" | "jumbo") => (cards.length > 0 && cards.every((card) => card[key] === false) ? false : null);
  return { what, queues, rss: can("rss"), jumbo: can("jumbo") };
}
