import { z } from "zod";

const nic = z.looseObject({
  pci: z.string(),
  mac: z.string().nullable(),
  interface: z.string().nullable(),
  driver: z.string().nullable(),
  vendor: z.string().nullable(),
  device: z.string().nullable(),
  // Its name in the knowledge base; an older agent does not tell.
  card: z.string().nullish(),
  iommuGroup: z.number().nullable(),
  numaNode: z.number().nullable(),
  carrier: z.boolean().nullable(),
  sriovTotal: z.number(),
  virtualFunctionOf: z.string().nullable(),
  // Networks that are reached over it, and interfaces that are made of it; an older agent does not tell.
  carries: z.array(z.string()).nullish(),
  // Where the card's functions appear; an older agent does not tell.
  sriov: z.looseObject({ total: z.number(), offset: z.number(), stride: z.number() }).nullish(),
});

/** What the node agent found on its node: facts.example.json. An agent of another version may tell more. */
const factsSchema = z.looseObject({
  version: z.literal(1),
  hostname: z.string().nullable(),
  kernel: z.looseObject({ release: z.string(), arguments: z.array(z.string()), lockdown: z.string() }),
  cpus: z.looseObject({
    online: z.string(),
    isolated: z.string(),
    smtSiblings: z.array(z.string()),
    // As in /proc/cpuinfo; an older agent does not tell.
    model: z.string().nullish(),
  }),
  numaNodes: z.array(z.looseObject({ id: z.number(), cpus: z.string(), memoryKiB: z.number().nullable() })),
  hugepages: z.array(z.looseObject({ size: z.string(), numaNode: z.number(), pages: z.number().nullable() })),
  nics: z.array(nic),
  wayIn: z.looseObject({ interfaces: z.array(z.string()), pci: z.array(z.string()) }),
  bootLoader: z.looseObject({
    kind: z.string(),
    environmentWritable: z.boolean(),
    // How it boots an entry exactly once; an older agent does not tell.
    oneShot: z.string().nullish(),
    reason: z.string(),
  }),
  limits: z.looseObject({
    iommuGroups: z.number(),
    memlockKiB: z.number().nullable(),
    // What the firmware describes an IOMMU with; an older agent does not tell.
    iommuTable: z.enum(["DMAR", "IVRS"]).nullish(),
  }),
});

export type Facts = z.output<typeof factsSchema>;
export type FactsNic = Facts["nics"][number];

/** Whether kernel arguments can be tried there in one boot. */
export function triesOnce({ bootLoader: { oneShot, environmentWritable } }: Facts): boolean {
  return oneShot === undefined ? environmentWritable : oneShot !== null;
}

/** Reads facts; throws a RangeError that says in one line what is wrong with them. */
export function parseFacts(text: string): Facts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RangeError(`${JSON.stringify(text.slice(0, 80))} is no JSON`);
  }
  const found = factsSchema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new RangeError(`no facts of a node: ${issue?.path.join(".") || "the whole"}: ${issue?.message}`);
}
