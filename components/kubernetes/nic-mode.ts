/**
 * How a NIC's function is driven in a pod: by DPDK with the kernel's vfio, by mlx5 beside the kernel's driver, or as a socket of an
 * interface that stays the kernel's (AF_XDP: slower, for cards that DPDK has no driver for).
 */
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
  // The socket takes NET_RAW; the program that fills it, BPF to load and NET_ADMIN to attach: https://doc.dpdk.org/guides/nics/af_xdp.html.
  // Met in native-image/smoke/af-xdp.sh, which has no others.
  "af-xdp": ["IPC_LOCK", "SYS_NICE", "NET_RAW", "NET_ADMIN", "BPF"],
};

/** What the image has of libxdp: the program that gives an interface's frames to the socket. */
const XDP_PROGRAM = "/opt/pantheonchain/lib/xsk_def_xdp_prog.o";

/** The interfaces that Multus makes of a pod's networks, in turn: `NAME@INTERFACE`, else net1, net2, … */
function interfacesOf(networks: readonly string[]): string[] {
  return networks.map((network, index) => network.split("@")[1] ?? `net${index + 1}`);
}

/** EAL's arguments for ports of AF_XDP, `net_af_xdp0` the first. Each has one queue, as its port has. */
export function xdpArguments(networks: readonly string[]): string[] {
  const ports = interfacesOf(networks).map(
    (name, index) => `--vdev=net_af_xdp${index},iface=${name},xdp_prog=${XDP_PROGRAM}`,
  );
  return ["--no-pci", ...ports];
}

/** The variable in which a device plugin puts what it has given (sriov-network-device-plugin, pkg/resources/pool_stub.go). */
export function variableOf(resource: string): string {
  return `PCIDEVICE_${resource.replace(/[./]/g, "_").toUpperCase()}`;
}
