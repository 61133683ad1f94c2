/** What is known of a NIC's kernel driver, as far as binding its functions to vfio-pci depends on it. */
export interface NicDriver {
  /** The PMD works on top of the kernel driver (bifurcated): the device must stay with it. */
  readonly bifurcated: boolean;
  /** Queues of one virtual function at most. */
  readonly virtualFunctionQueues: number;
  /** Whether a virtual function spreads packets over its queues and takes frames above 1,518 bytes. */
  readonly virtualFunctionRss: boolean;
  readonly virtualFunctionJumbo: boolean;
}

const KNOWN: Readonly<Record<string, NicDriver>> = {
  // 82576, as QEMU has it too: measured in the lab, two queues, no RSS, a PMD without mtu_set.
  igb: { bifurcated: false, virtualFunctionQueues: 2, virtualFunctionRss: false, virtualFunctionJumbo: false },
  // DPDK "Linux drivers", bifurcated driver; the same goes for Microsoft's MANA.
  mlx4_core: { bifurcated: true, virtualFunctionQueues: 16, virtualFunctionRss: true, virtualFunctionJumbo: true },
  mlx5_core: { bifurcated: true, virtualFunctionQueues: 16, virtualFunctionRss: true, virtualFunctionJumbo: true },
  mana: { bifurcated: true, virtualFunctionQueues: 16, virtualFunctionRss: true, virtualFunctionJumbo: true },
};

// iavf: 16 queues a function unless the host grants large ones (I40E_MAX_VSI_QP, ICE_DFLT_QS_PER_VF).
const OTHERS: NicDriver = {
  bifurcated: false,
  virtualFunctionQueues: 16,
  virtualFunctionRss: true,
  virtualFunctionJumbo: true,
};

export function nicDriver(name: string): NicDriver {
  return (Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined) ?? OTHERS;
}

export const PCI_ADDRESS = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
export const MAC_ADDRESS = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Where a card puts its virtual functions: sysfs' `sriov_offset` and `sriov_stride` of the physical function. */
export interface SriovLayout {
  readonly offset: number;
  readonly stride: number;
}

/**
 * PCI address of virtual function `index` (PCI Express 9.3.3: routing id of the physical function + offset + index ×
 * stride).
 */
export function virtualFunctionAddress(physical: string, layout: SriovLayout, index: number): string {
  const match = PCI_ADDRESS.exec(physical);
  if (!match) throw new RangeError(`not a PCI address: ${physical}`);
  const [domain, bus, deviceFunction] = physical.split(":") as [string, string, string];
  const [device, fn] = deviceFunction.split(".") as [string, string];
  const own = Number.parseInt(bus, 16) * 256 + Number.parseInt(device, 16) * 8 + Number(fn);
  const id = own + layout.offset + index * layout.stride;
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  return `${domain}:${hex(id >> 8)}:${hex((id >> 3) & 31)}.${id & 7}`;
}

/** Why an address cannot be given to a virtual function. Null where it can. */
export function virtualMacMistake(mac: string): string | null {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if ((first & 1) === 1)
    return "is a group address; a function needs a unicast one, its first byte even, such as 52:54:00:…";
  if ((first & 2) === 0) {
    return "belongs to a manufacturer; take a locally administered one, its first byte ending in 2, 6, a or e, such as 52:54:00:…";
  }
  return null;
}
