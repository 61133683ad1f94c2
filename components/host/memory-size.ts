const UNITS: Readonly<Record<string, number>> = { K: 1, M: 1024, G: 1024 * 1024, T: 1024 * 1024 * 1024 };

/** Reads `1536M`, `64G` or `1.5G` (powers of 1,024) as whole KiB. Null where the text is no such size. */
export function parseMemoryKiB(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([KMGT])(?:iB)?$/.exec(text);
  if (!match) return null;
  const kiB = Number(match[1]) * (UNITS[match[2] as string] as number);
  return Number.isInteger(kiB) && kiB > 0 ? kiB : null;
}

/** The largest unit that needs no fraction: 1310720 is `1280M`. */
export function formatMemory(kiB: number): string {
  for (const unit of ["T", "G", "M"]) {
    const size = UNITS[unit] as number;
    if (kiB >= size && kiB % size === 0) return `${kiB / size}${unit}`;
  }
  return `${kiB}K`;
}
