import { beside, type Figure, medianRatio } from "../figures";

/** What `pantheon-bench --json` says of one figure: the pairs of both sides, that which is divided by first. */
export interface Comparison {
  values: readonly (readonly [base: number, other: number])[];
}

/** Its file, as far as it is read here. */
export interface Comparisons {
  packets: Comparison;
  packets_gso_gro: Comparison;
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

/** The figures of one packet size; transactions do not depend on it and are told with the smallest. */
export function figuresOf(size: number, found: Comparisons): Figure[] {
  const wires = "DPDK over memif, kernel over lo";
  const packets = [
    beside(
      PACKETS_GOAL.get(size),
      times(
        `${size}-byte packets without loss (${wires}, a call a packet)`,
        found.packets,
        PACKETS_GOAL.get(size) ?? null,
      ),
    ),
    times(`${size}-byte packets without loss (${wires}, GSO and GRO)`, found.packets_gso_gro, null),
  ];
  if (size !== 64) return packets;
  return [
    ...packets,
    beside(
      TRANSACTIONS_GOAL,
      times(`transactions a second, 500 connections (${wires})`, found.transactions, TRANSACTIONS_GOAL),
    ),
    beside(
      LATENCY_OF_SEED,
      medianRatio("p99 transaction latency at 80 % of the kernel's rate", found.p99_latency.values, {
        unit: OF_THE_KERNELS,
        goal: LATENCY_GOAL,
      }),
    ),
  ];
}

/** The unit of a ratio of which less is better. */
export const OF_THE_KERNELS = "of the kernel's";

export function times(figure: string, { values }: Comparison, goal: number | null): Figure {
  return medianRatio(figure, values, { unit: "times", goal });
}
