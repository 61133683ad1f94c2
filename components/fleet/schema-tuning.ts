import { z } from "zod";
import { count, field, text } from "./fields";

// Exit latencies of intel_idle on a Skylake server: C1 2 us, C1E 10 us, C6 133 us (drivers/idle/intel_idle.c, skx_cstates).
const SHALLOW_IDLE_US = 10;

/**
 * What `preset: low-latency` turns on: TuneD's cpu-partitioning and network-latency profiles, as far as a running node takes it.
 * Nothing in it needs a reboot.
 */
export const LOW_LATENCY = {
  irqs: "housekeeping",
  irqbalance: "banned",
  workqueues: "housekeeping",
  systemdAffinity: "housekeeping",
  governor: "performance",
  idleExitLatency: SHALLOW_IDLE_US,
  transparentHugepages: "never",
  numaBalancing: "off",
  watchdogs: "housekeeping",
  clocksource: "tsc",
} as const;

const KEEP = " keep leaves it as it is.";
const only = <T extends readonly [string, ...string[]]>(...choices: T) => z.enum([...choices, "keep"]).optional();

/** Tuning of the kernel and of what runs on the housekeeping CPUs. A key that is left out is left as it is, or as the preset says. */
export const tuningSchema = z
  .strictObject({
    preset: field(
      z.enum(["low-latency", "none"]).default("none"),
      `low-latency turns on, where no key of its own says otherwise: ${JSON.stringify(LOW_LATENCY)}.`,
      { reboot: false, example: "low-latency" },
    ),
    irqs: field(
      only("housekeeping", "housekeeping-at-boot"),
      "Where interrupts go. housekeeping: off the isolated CPUs, those that can be moved, and those that come later; " +
        `housekeeping-at-boot: from the first moment of a boot too (irqaffinity=HOUSEKEEPING), which reboots the node.${KEEP}`,
      { reboot: true, example: "housekeeping" },
    ),
    irqbalance: field(
      only("banned", "off"),
      "banned: irqbalance keeps off the isolated CPUs, and off those that the node bans already; off: it is stopped and does " +
        `not start again. A node without irqbalance needs neither.${KEEP}`,
      { reboot: false, example: "banned" },
    ),
    workqueues: field(only("housekeeping"), `Where the kernel's unbound workqueues run.${KEEP}`, {
      reboot: false,
      example: "housekeeping",
    }),
    systemdAffinity: field(
      only("housekeeping"),
      "Where systemd runs, and what it starts from then on (CPUAffinity= of system.conf). The data plane's own unit has both its " +
        `CPUs and these.${KEEP}`,
      { reboot: false, example: "housekeeping" },
    ),
    governor: field(
      text(/^[a-z][a-z_]{0,15}$/, "must be the name of a governor such as performance, or keep").optional(),
      `CPU frequency governor of the isolated CPUs; a virtual machine has none.${KEEP}`,
      { reboot: false, example: "performance" },
    ),
    idleExitLatency: field(
      z.union([count(0, 10_000), z.literal("keep")], { error: "must be 0 to 10000, or keep" }).optional(),
      "Idle states (C-states) of the isolated CPUs that take longer to leave are disabled; 0 leaves only polling, for power and " +
        `for an SMT sibling the dearest.${KEEP}`,
      { unit: "us", reboot: false, example: SHALLOW_IDLE_US },
    ),
    transparentHugepages: field(only("never", "madvise", "always"), `Transparent hugepages of the kernel.${KEEP}`, {
      reboot: false,
      example: "never",
    }),
    numaBalancing: field(
      only("off"),
      `off: the kernel moves no memory between NUMA nodes by itself (kernel.numa_balancing=0).${KEEP}`,
      { reboot: false, example: "off" },
    ),
    watchdogs: field(
      only("housekeeping", "off"),
      "Lockup detectors. housekeeping: on the housekeeping CPUs (kernel.watchdog_cpumask); off: none, a CPU that hangs is seen by " +
        `nobody (kernel.watchdog=0).${KEEP}`,
      { reboot: false, example: "housekeeping" },
    ),
    clocksource: field(
      only("tsc"),
      `tsc, where the kernel offers it; a node that has no stable one is told so.${KEEP}`,
      {
        reboot: false,
        example: "tsc",
      },
    ),
    skewTick: field(
      z.boolean().default(false),
      "Write skew_tick=1: the CPUs' ticks do not come all at once. For many CPUs; the CPUs wake up more often.",
      { reboot: true, example: true },
    ),
    tscReliable: field(
      z.boolean().default(false),
      "Write tsc=reliable: the kernel does not watch the TSC. Wrong time where it is not; never part of a preset.",
      { reboot: true, example: true },
    ),
  })
  .meta({ description: "Tuning of CPUs and kernel. Left out, nothing of it is touched." });

export type TuningInput = z.output<typeof tuningSchema>;
