/** Virtual functions of one physical function. */
export interface VfRange {
  /** Name of an interface, or a PCI address. */
  readonly pf: string;
  readonly first: number;
  readonly last: number;
  /** False where no range is written: all of them, however many. */
  readonly isWritten: boolean;
}

/**
 * `eno1`, `eno1#0-3`, and what only the device plugin takes, `eno1#0,2-7,9`. Null where it is none of these.
 *
 * @example
 * vfRangesOf("eno1#0-3"); // [{ pf: "eno1", first: 0, last: 3, isWritten: true }]
 */
export function vfRangesOf(text: string): VfRange[] | null {
  const [, pf, list] = /^([^#\s]+)(?:#([^#]*))?$/.exec(text) ?? [];
  if (pf === undefined) return null;
  if (list === undefined) return [{ pf, first: 0, last: Number.POSITIVE_INFINITY, isWritten: false }];
  const ranges = list.split(",").map((each) => /^(\d+)(?:-(\d+))?$/.exec(each.trim()));
  if (ranges.includes(null)) return null;
  return ranges.map((found) => ({
    pf,
    first: Number(found?.[1]),
    last: Number(found?.[2] ?? found?.[1]),
    isWritten: true,
  }));
}

export function overlap(one: VfRange, other: VfRange): boolean {
  return one.pf === other.pf && one.first <= other.last && other.first <= one.last;
}
