/** Vendor and device as `lspci -n` writes them. */
export const PCI_ID = /^[0-9a-f]{4}:[0-9a-f]{4}$/;
export const PCI_ADDRESS = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
export const MAC_ADDRESS = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/**
 * Stands in a plan for what is known only once an instance is there, so that a preview shows the rest: the PCI address and the MAC of its
 * NIC of this name. The node agent puts them in: `converge --nic NAME=MAC` (agent/dpdk_node_agent/latenics.py).
 */
export function latePci(name: string): string {
  return `{pci:${name}}`;
}

export function lateMac(name: string): string {
  return `{mac:${name}}`;
}

export function isLate(text: string): boolean {
  return /^\{(pci|mac):[a-z0-9-]+\}$/.test(text);
}

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
