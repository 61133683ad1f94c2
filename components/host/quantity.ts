const UNITS: Readonly<Record<string, number>> = { Ki: 1, Mi: 1024, Gi: 1024 ** 2, Ti: 1024 ** 3 };

/** KiB of `512Mi`; null where it is none of ours: a whole number with a unit of two. */
export function quantityKiB(text: string): number | null {
  const found = /^([1-9]\d*)(Ki|Mi|Gi|Ti)$/.exec(text);
  return found === null ? null : Number(found[1]) * (UNITS[found[2] as string] as number);
}
