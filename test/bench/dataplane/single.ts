import { join } from "node:path";
import { beside, counted, type Figure, median, medianRatio } from "../figures";
import {
  type Comparison,
  OF_THE_KERNELS,
  type PacketComparisons,
  packetFigures,
  times,
  transactionFigures,
} from "./figures";

/** Figures that one command of pantheon-bench measures, and how its file becomes rows. */
export interface Single {
  /** What `--only` calls it. */
  part: string;
  command: string;
  /** What is said while it runs. */
  name: string;
  options: readonly string[];
  figures: (found: never) => Figure[];
}

/** Goals of issue 5. The seed's own numbers are those of CPU time and memory. */
const FORWARDING_GOAL = 0.9;
/** A run of both takes 3 s, and on a virtual machine testpmd's differ twofold with where its two CPUs are. */
const FORWARDING_PAIRS = 20;
const CYCLES_GOAL = 150;
const HONEST_GOAL = 0.9;
const START_GOAL = 1;
const MEMORY_OF_SEED = 0.48;
const CPU_GOALS = { "1_gbit": 0.41, "10_gbit": 0.45 } as const;

interface Forwarding {
  forwarding: Comparison;
}

export function forwardingFigures(found: Forwarding): Figure[] {
  return [
    times("64-byte forwarding, a node against testpmd macswap on the same memif", found.forwarding, FORWARDING_GOAL),
  ];
}

interface Cycles {
  cycles: Comparison;
}

export function cyclesFigures({ cycles }: Cycles): Figure[] {
  const above = cycles.values.map(([bare, worker]) => worker - bare);
  const bare = cycles.values.map(([first]) => first);
  return [
    median("cycles a 64-byte packet above a bare receive and send, on net_ring", above, "cycles", CYCLES_GOAL),
    median("the same: of the bare receive and send", bare, "cycles", null),
  ];
}

interface HostilePeer {
  kernel: { answered: Comparison };
  dpdk: { answered: Comparison };
}

export function hostilePeerFigures({ kernel, dpdk }: HostilePeer): Figure[] {
  const row = (wire: string, { answered }: { answered: Comparison }) =>
    times(`honest transactions answered beside a hostile peer (${wire})`, answered, HONEST_GOAL);
  return [row("DPDK over memif", dpdk), row("kernel over lo", kernel)];
}

interface Starts {
  total_s: readonly number[];
  eal_s: readonly number[];
  beyond_s: readonly number[];
}

export function startTimeFigures({ kernel, dpdk }: { kernel: Starts; dpdk: Starts }): Figure[] {
  return [
    median("start to first packet beyond EAL's own (DPDK)", dpdk.beyond_s, "s", START_GOAL),
    median("the same: EAL's own, without hugepages", dpdk.eal_s, "s", null),
    median("start to first packet (kernel)", kernel.total_s, "s", null),
  ];
}

interface Memory {
  per_thousand_peers: Comparison;
  per_thousand_peers_process: Comparison;
  of_a_thousand_peers: Comparison;
}

export function memoryFigures(found: Memory): Figure[] {
  const row = (figure: string, { values }: Comparison) =>
    medianRatio(figure, values, { unit: OF_THE_KERNELS, goal: null });
  return [
    beside(MEMORY_OF_SEED, row("memory for each 1,000 peers, all counted on both sides", found.per_thousand_peers)),
    row("the same: of the processes alone", found.per_thousand_peers_process),
    row("memory of a node of 1,000 peers, buffers and all", found.of_a_thousand_peers),
  ];
}

interface Load {
  offered_gbit: number;
  cpu: Comparison;
}

type CpuTime = Record<keyof typeof CPU_GOALS, Load>;

export function cpuTimeFigures(found: CpuTime): Figure[] {
  return (["1_gbit", "10_gbit"] as const).flatMap((key) => {
    const { offered_gbit, cpu } = found[key];
    const figure = `CPU time for ${Number.parseInt(key, 10)} Gbit/s of payload, or what both carry of it`;
    const goal = CPU_GOALS[key];
    return [
      beside(goal, medianRatio(figure, cpu.values, { unit: OF_THE_KERNELS, goal })),
      counted(`the same, ${Number.parseInt(key, 10)} Gbit/s: payload that both carried`, offered_gbit, "Gbit/s"),
    ];
  });
}

/** One run of consensus-stress. */
interface Consensus {
  system: string;
  /** A share. */
  loss: number;
  propagation: { percentiles_ns: { 95: number } };
  response: { mean_ns: number };
  rounds_missed_percent: number;
  seed: { propagation_p95_ms: number; response_mean_ms: number; missed_rounds_percent: number };
}

export function consensusFigures({ runs }: { runs: readonly Consensus[] }): Figure[] {
  return runs.flatMap(({ system, loss, propagation, response, rounds_missed_percent, seed }) => {
    const where = `100 validators in one thread, ${system}, ${Math.round(loss * 100)} % loss`;
    const row = (what: string, value: number, unit: string, ofSeed: number) =>
      beside(ofSeed, counted(`${what} (${where})`, value, unit));
    return [
      row("block propagation, p95", propagation.percentiles_ns[95] / 1e6, "ms", seed.propagation_p95_ms),
      row("validator response, mean", response.mean_ns / 1e6, "ms", seed.response_mean_ms),
      row("missed rounds", rounds_missed_percent, "%", seed.missed_rounds_percent),
    ];
  });
}

/** In the order in which they are measured; `pairs` of runs, pictures in that folder. */
export function singles(pairs: number, pictures: string): readonly Single[] {
  const options = ["--pairs", `${pairs}`];
  const alone = (command: string, name: string, figures: Single["figures"], own = options): Single => ({
    part: command,
    command,
    name,
    options: own,
    figures,
  });
  const compared = (part: string, own: readonly string[], figures: Single["figures"]): Single => ({
    part,
    command: "compare",
    name: `${part}, DPDK against the kernel's sockets`,
    options: [...options, ...own, "--svg", join(pictures, `dataplane-${part}.svg`)],
    figures,
  });
  const packets = (size: number): Single =>
    compared(`packets-${size}`, ["--traffic", "packets", "--packet-size", `${size}`], (found: PacketComparisons) =>
      packetFigures(size, found),
    );
  return [
    packets(64),
    packets(1500),
    compared("transactions", ["--traffic", "transactions", "--connections", "500"], transactionFigures),
    alone("forwarding", "64-byte forwarding against testpmd", forwardingFigures, ["--pairs", `${FORWARDING_PAIRS}`]),
    alone("cycles", "cycles of the protocol's code", cyclesFigures),
    alone("hostile-peer", "honest peers beside a hostile one", hostilePeerFigures),
    alone("start-time", "start to first packet", startTimeFigures),
    alone("memory", "memory of 1,000 peers", memoryFigures),
    alone("cpu-time", "CPU time for a given payload", cpuTimeFigures),
    alone("consensus-stress", "blocks and votes of 100 validators, without loss and with 1 %", consensusFigures, [
      ...["--validators", "100", "--duration", "60s"],
    ]),
  ];
}
