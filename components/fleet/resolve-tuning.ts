import type { Tuning } from "../host/tuning";
import { LOW_LATENCY, type TuningInput } from "./schema-tuning";

/** The preset with the keys of its own over it; what nobody says is kept as it is. */
export function resolveTuning({ preset, skewTick, tscReliable, ...own }: TuningInput): Tuning {
  const base: Partial<Tuning> = preset === "low-latency" ? LOW_LATENCY : {};
  const choose = <K extends keyof typeof LOW_LATENCY>(key: K): Tuning[K] =>
    (own[key] ?? base[key] ?? "keep") as Tuning[K];
  return {
    irqs: choose("irqs"),
    irqbalance: choose("irqbalance"),
    workqueues: choose("workqueues"),
    systemdAffinity: choose("systemdAffinity"),
    governor: choose("governor"),
    idleExitLatency: choose("idleExitLatency"),
    transparentHugepages: choose("transparentHugepages"),
    numaBalancing: choose("numaBalancing"),
    watchdogs: choose("watchdogs"),
    clocksource: choose("clocksource"),
    skewTick,
    tscReliable,
  };
}
