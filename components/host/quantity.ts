/** KiB of `512Mi`; null where it is none of ours: a whole number with a unit of two. */
export function quantityKiB(text: string): number | null {
  const found = /^([1-9]\d*)(Ki|Mi|Gi|Ti)$/.exec(text);
  return found === null ? null : quantityOf(text) / 1024;
}

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that any quantity of the API server's stands for; what is none counts as nothing (kubernetes.io, Quantity). */
export function quantityOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text);
  return found === null ? 0 : Number(found[1]) * (FACTORS[found[2] ?? ""] as number);
}
