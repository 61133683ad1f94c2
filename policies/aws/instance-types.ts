/** What the name of an instance type tells: `c6in.32xlarge`. https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
export interface InstanceType {
  /** `c6in` */
  readonly family: string;
  /** `32xlarge` */
  readonly size: string;
  readonly isMetal: boolean;
  /** Null where the name does not tell. */
  readonly cpu: "intel" | "amd" | "arm" | null;
  /** Whether a core of it has one thread, whatever the CPU options: Graviton, and AMD since its seventh generation. */
  readonly isSingleThreaded: boolean;
}

export function instanceType(name: unknown): InstanceType | null {
  const found = /^((\w*?[a-z])(\d+)([a-z]*)(?:-[a-z0-9]+)?)\.([a-z0-9-]+)$/.exec(String(name));
  if (found === null) return null;
  const [, family, series, generation, attributes, size] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const cpu = cpuOf(series, attributes);
  return {
    family,
    size,
    isMetal: size.startsWith("metal"),
    cpu,
    isSingleThreaded: cpu === "arm" || (cpu === "amd" && Number(generation) >= 7),
  };
}

function cpuOf(series: string, attributes: string): InstanceType["cpu"] {
  if (series === "a" || attributes.startsWith("g")) return "arm";
  if (attributes.startsWith("a")) return "amd";
  // Accelerators and Macs do not name their CPU.
  return /^(g|gr|p|inf|trn|dl|vt|f|mac)$/.test(series) ? null : "intel";
}

/** Interfaces that a type takes: on each of its network cards. */
export function cardsOf(name: unknown): readonly number[] | null {
  const type = instanceType(name);
  if (type === null) return null;
  return limits.find(({ families }) => families.test(type.family))?.cards[type.size] ?? null;
}

const upTo7 = {
  medium: [2],
  large: [3],
  xlarge: [4],
  "2xlarge": [4],
  "4xlarge": [8],
  "8xlarge": [8],
  "9xlarge": [8],
  "12xlarge": [8],
  "16xlarge": [15],
  "18xlarge": [15],
  "24xlarge": [15],
  "32xlarge": [15],
  "48xlarge": [15],
  metal: [15],
  "metal-24xl": [15],
  "metal-48xl": [15],
};
const from8 = {
  ...upTo7,
  "8xlarge": [10],
  "12xlarge": [12],
  "16xlarge": [16],
  "24xlarge": [16],
  "48xlarge": [24],
  "metal-24xl": [16],
  "metal-48xl": [24],
};

// DescribeInstanceTypes, as karpenter-provider-aws keeps it: pkg/providers/instancetype/zz_generated.vpclimits.go, August 2026. What
// is not here is not judged.
const limits: readonly { families: RegExp; cards: Readonly<Record<string, readonly number[]>> }[] = [
  { families: /^([cmr]5|[cmr]5a|[cmr]5d|[cmr]5n|[mr]5dn|[cmr]6(a|i|id|g|gd)|c6gn)$/, cards: upTo7 },
  { families: /^([cmr]7(a|i|g|gd)|c7gn|[cmr]8g|[cmr]8gd|i4i)$/, cards: upTo7 },
  { families: /^(c6in|[mr]6in|[mr]6idn)$/, cards: { ...upTo7, "32xlarge": [8, 8], metal: [8, 8] } },
  {
    families: /^[cmr]8gn$/,
    cards: { ...from8, "24xlarge": [24], "48xlarge": [12, 12], "metal-24xl": [24], "metal-48xl": [12, 12] },
  },
  { families: /^[cmr]8(a|i|id)$/, cards: { ...from8, "32xlarge": [24], "96xlarge": [24], "metal-96xl": [24] } },
  {
    families: /^(c8in|[mr]8in|[mr]8idn)$/,
    cards: { ...from8, large: [4], "8xlarge": [8], "32xlarge": [16], "96xlarge": [12, 12], "metal-96xl": [12, 12] },
  },
];

const attributes = {
  5: ["", "a", "d", "n"],
  6: ["a", "i", "id", "in", "g", "gd", "gn"],
  7: ["a", "i", "g", "gd", "gn"],
  8: ["a", "i", "id", "in", "g", "gd", "gn"],
  9: ["g", "gd"],
};

/**
 * Families on Nitro, whose cards ENA's poll mode driver knows (DPDK, doc/guides/nics/ena.rst), without those whose CPU is lent
 * (`t`, `flex`). Listed for each generation, so that a name that AWS never gave is among them and is no harm.
 */
export const nitroFamilies: readonly string[] = [
  ...Object.entries(attributes).flatMap(([generation, all]) =>
    ["c", "m", "r"].flatMap((series) => all.map((attribute) => `${series}${generation}${attribute}`)),
  ),
  ...["m5dn", "r5dn", "r5b", "m5zn", "m8azn", "m6idn", "r6idn", "m8idn", "r8idn", "i4i", "i7i", "i7ie", "i8g", "i8ge"],
];
