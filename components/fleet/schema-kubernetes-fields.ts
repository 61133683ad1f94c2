import { z } from "zod";

/** Of a field that changes objects of a cluster, none of which reboots a node by itself. */
export const quiet = { reboot: false } as const;

/** Labels by which nodes are chosen. */
export const labels = () =>
  z.record(z.string(), z.string()).refine((given) => Object.keys(given).length > 0, {
    error: "must have a label that only DPDK nodes have: an empty selector is every node",
  });
