import { beside, type Figure, medianRatio } from "../figures";

/** What `pantheon-bench --json` says of one figure: the pairs of both sides, that which is divided by first. */
export interface Comparison {
  values: readonly (readonly [base: number, other: number])[];
}

/** The file of `compare --traffic packets`, as far as it is read here. */
export interface PacketComparisons {
  packets: Comparison;
  packets_gso_gro: Comparison;
}

/** The same of `compare --traffic transactions`. */
export interface TransactionComparisons {
  transactions: Comparison;
  p99_latency: Comparison;
}

/** The goals of issue 5, each the seed's own figure or above it. */
const PACKETS_GOAL = new Map([
  [64, 31],
  [1500, 2.6],
]);
const TRANSACTIONS_GOAL = 10;
const LATENCY_GOAL = 0.1;
const LATENCY_OF_SEED = 0.096;

const WIRES = "DPDK over memif, kernel over lo";

export function packetFigures(size: number, found: PacketComparisons): Figure[] {
  const goal = PACKETS_GOAL.get(size);
  const row = (how: string) => `${size}-byte packets a second (${WIRES}, ${how})`;
  return [
    beside(goal, times(row("a call a packet"), found.packets, goal ?? null)),
    times(row("GSO and GRO"), found.packets_gso_gro, null),
  ];
}

export function transactionFigures(found: TransactionComparisons): Figure[] {
  const rates = times(`transactions a second, 500 connections (${WIRES})`, found.transactions, TRANSACTIONS_GOAL);
  const options = { unit: OF_THE_KERNELS, goal: LATENCY_GOAL };
  const latency = medianRatio(
    "p99 transaction latency at 80 % of the kernel's rate without loss",
    found.p99_latency.values,
    options,
  );
  return [beside(TRANSACTIONS_GOAL, rates), beside(LATENCY_OF_SEED, latency)];
}

/** The unit of a ratio of which less is better. */
export const OF_THE_KERNELS = "of the kernel's";

export function times(figure: string, { values }: Comparison, goal: number | null): Figure {
  return medianRatio(figure, values, { unit: "times", goal });
}
