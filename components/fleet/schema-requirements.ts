import { z } from "zod";
import { field, memory, text } from "./fields";

/** What a machine must have beyond what DPDK itself needs. */
export const requirementsSchema = z
  .strictObject({
    memory: field(memory().optional(), "Memory of the machine at least. Default: any; less than 16G is only noted.", {
      unit: "K, M or G, powers of 1,024",
      reboot: false,
      example: "32G",
    }),
    kernel: field(
      text(/^\d{1,2}\.\d{1,3}$/, "must be a kernel version such as 5.10").optional(),
      "Kernel at least. Default: 4.14, which DPDK needs.",
      { reboot: false, example: "5.10" },
    ),
    cpuFlags: field(
      z.array(text(/^[a-z0-9_]{1,32}$/, "must be a flag as in /proc/cpuinfo such as avx2")).optional(),
      "CPU flags that must be there beside those that DPDK needs.",
      { reboot: false, example: ["avx2"] },
    ),
  })
  .meta({
    description:
      "What the node agent refuses a machine for, before it changes anything. What is less than recommended and not " +
      "named here is a note.",
  });

export type RequirementsInput = z.output<typeof requirementsSchema>;
