/** How a NIC's function is driven in a pod. */
export type NicMode = "vfio" | "bifurcated" | "af-xdp";

/**
 * Capabilities beside none: what the container may never lack and never has more of. A process that is not root has them only in its bounding
 * set, where seccomp's RuntimeDefault looks: SYS_NICE lets get_mempolicy through, by which DPDK places memory (containerd's profile).
 */
export const capabilitiesOf: Readonly<Record<NicMode, readonly string[]>> = {
  // Pages that a device writes to are locked: https://doc.dpdk.org/guides/linux_gsg/enable_func.html
  vfio: ["IPC_LOCK", "SYS_NICE"],
  // mlx5 makes its queues through the kernel's driver: https://doc.dpdk.org/guides/platform/mlx5.html
  bifurcated: ["IPC_LOCK", "SYS_NICE", "NET_RAW"],
  // A socket of AF_XDP, and its map: https://doc.dpdk.org/guides/nics/af_xdp.html
  "af-xdp": ["IPC_LOCK", "SYS_NICE", "NET_RAW", "BPF"],
};

/** The variable in which a device plugin puts what it has given (sriov-network-device-plugin, pkg/resources/pool_stub.go). */
export function variableOf(resource: string): string {
  return `PCIDEVICE_${resource.replace(/[./]/g, "_").toUpperCase()}`;
}
