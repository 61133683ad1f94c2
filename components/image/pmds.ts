// DPDK's driver library for each kernel driver of a card and of its virtual functions (doc.dpdk.org, "Network Interface
// Controller Drivers", 22.11). A virtual function of Intel's newer cards has a driver of its own, iavf.
const PMDS: Readonly<Record<string, readonly string[]>> = {
  igb: ["net_e1000"],
  e1000e: ["net_e1000"],
  ixgbe: ["net_ixgbe"],
  i40e: ["net_i40e", "net_iavf"],
  ice: ["net_ice", "net_iavf"],
  ena: ["net_ena"],
  mlx5_core: ["net_mlx5"],
  vmxnet3: ["net_vmxnet3"],
  virtio_net: ["net_virtio"],
  "virtio-pci": ["net_virtio"],
};

/** The drivers that an image needs for cards with these kernel drivers, and no others; one that is not known is an error. */
export function pmdsFor(kernelDrivers: readonly string[]): string[] {
  const found = kernelDrivers.flatMap((driver) => {
    const pmds = Object.hasOwn(PMDS, driver) ? PMDS[driver] : undefined;
    if (pmds === undefined)
      throw new RangeError(
        `kernel driver ${driver}: no DPDK driver is known for it; known are ${Object.keys(PMDS).join(", ")}`,
      );
    return pmds;
  });
  return [...new Set(found)].sort();
}
