// PCI device ids of physical functions, by vendor: those that the operator knows (supported-nic-ids of its chart), and the older
// 82599, X540 and I350 (pci.ids). Left out are ENA and virtio, where both functions have one id.
const ids: Readonly<Record<string, readonly string[]>> = {
  "8086": [
    ...["158a", "158b", "1572", "1563", "10c9", "1589", "1581", "15ff", "0d58", "1583", "10fb", "1528", "1521"],
    ...["1592", "1593", "159b", "1599", "1591", "188a", "124d", "124c", "579c", "579d", "579e", "12d2", "12d3"],
  ],
  "15b3": ["1013", "1015", "1017", "1019", "101b", "101d", "101f", "1021", "1023", "a2d6", "a2dc"],
  "14e4": ["16d7", "1750"],
  "1077": ["1654"],
  "177d": ["b200", "b100", "b600", "b900", "ba00"],
};

/** The vendor of what has virtual functions; null for a virtual function, and for what is not known here. */
export function physicalFunctionVendor(device: string): string | null {
  const id = device.toLowerCase();
  return Object.keys(ids).find((vendor) => ids[vendor]?.includes(id)) ?? null;
}
