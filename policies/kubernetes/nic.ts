import { type Container, hugepagesOf, networkDevicesOf } from "./pod";

/**
 * What kind of NIC a container drives, as the names of its resources tell: mlx5 works through the kernel's own driver and its verbs, all
 * others are given whole to the program by vfio-pci.
 */
export type Nic = "mlx" | "vfio" | "untold";

export function nicOf(container: Container): Nic {
  const names = networkDevicesOf(container);
  if (names.some((name) => verbs.test(name))) return "mlx";
  return names.some((name) => whole.test(name)) ? "vfio" : "untold";
}

/** Whether a program, not the kernel, moves the packets: such a one pins the memory that the NIC writes to. */
export function drivesNic(container: Container): boolean {
  const names = networkDevicesOf(container);
  if (names.length > 0 && hugepagesOf(container).length > 0) return true;
  return names.some((name) => /vfio|uio|dpdk|rdma/i.test(name) || (verbs.test(name) && !/netdev|kernel/i.test(name)));
}

const verbs = /mlx|mlnx|mellanox|connectx|(^|[^a-z])cx\d|bluefield|rdma|roce|(^|[^a-z])hca/i;
const whole = /vfio|intel|x[xlv]*710|x5[245]0|e8\d0|82599|iavf|(^|[^a-z])ena([^a-z]|$)/i;
