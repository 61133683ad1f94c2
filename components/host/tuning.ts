import { type CpuSet, formatCpuSet } from "./cpu-set";
import type { HostPlan } from "./plan-schema";

/** Tuning of CPUs and kernel; `keep` leaves a thing as it is. */
export interface Tuning {
  readonly irqs: "housekeeping" | "housekeeping-at-boot" | "keep";
  readonly irqbalance: "banned" | "off" | "keep";
  readonly workqueues: "housekeeping" | "keep";
  readonly systemdAffinity: "housekeeping" | "keep";
  readonly governor: string;
  /** us. */
  readonly idleExitLatency: number | "keep";
  readonly transparentHugepages: "never" | "madvise" | "always" | "keep";
  readonly numaBalancing: "off" | "keep";
  readonly watchdogs: "housekeeping" | "off" | "keep";
  readonly clocksource: "tsc" | "keep";
  readonly skewTick: boolean;
  readonly tscReliable: boolean;
}

/** The part of the plan that the node agent has stages for; absent where nothing of it is asked for. */
export function planTuning(tuning: Tuning | null): Pick<HostPlan, "tuning"> {
  if (tuning === null) return {};
  const {
    irqs,
    irqbalance,
    workqueues,
    systemdAffinity,
    governor,
    idleExitLatency,
    transparentHugepages,
    clocksource,
  } = tuning;
  const part: HostPlan["tuning"] = {
    ...(irqs === "keep" ? {} : { irqs: "housekeeping" }),
    ...(irqbalance === "keep" ? {} : { irqbalance }),
    ...(workqueues === "keep" ? {} : { workqueues }),
    ...(systemdAffinity === "keep" ? {} : { systemdAffinity }),
    ...(governor === "keep" ? {} : { governor }),
    ...(idleExitLatency === "keep" ? {} : { idleExitLatency }),
    ...(transparentHugepages === "keep" ? {} : { transparentHugepages }),
    ...(clocksource === "keep" ? {} : { clocksource }),
  };
  return Object.keys(part).length === 0 ? {} : { tuning: part };
}

/** Kernel arguments, in order; CPU lists as ranges. */
export function tuningArguments(tuning: Tuning | null, housekeeping: CpuSet): string[] {
  if (tuning === null) return [];
  return [
    ...(tuning.irqs === "housekeeping-at-boot" ? [`irqaffinity=${formatCpuSet(housekeeping)}`] : []),
    ...(tuning.skewTick ? ["skew_tick=1"] : []),
    ...(tuning.tscReliable ? ["tsc=reliable"] : []),
  ];
}

/** Kernel parameters at run time (Documentation/admin-guide/sysctl/kernel.rst). */
export function tuningSysctl(tuning: Tuning | null, housekeeping: CpuSet): HostPlan["sysctl"] {
  if (tuning === null) return [];
  return [
    ...(tuning.numaBalancing === "off" ? [{ key: "kernel.numa_balancing", value: "0" }] : []),
    ...(tuning.watchdogs === "off" ? [{ key: "kernel.watchdog", value: "0" }] : []),
    ...(tuning.watchdogs === "housekeeping"
      ? [{ key: "kernel.watchdog_cpumask", value: formatCpuSet(housekeeping) }]
      : []),
  ];
}
