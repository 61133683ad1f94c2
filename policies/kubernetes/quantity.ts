// resource.Quantity of Kubernetes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that `2Gi`, `500m`, `1e3` or `4` stands for; NaN where it is no quantity. */
export function quantityOf(value: unknown): number {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return Number.NaN;
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|[MGTPE]|[KMGTPE]i)?$/.exec(text.trim());
  return found === null ? Number.NaN : Number(found[1]) * (factors[found[2] ?? ""] as number);
}
