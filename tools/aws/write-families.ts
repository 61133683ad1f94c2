import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baselineGbps, type DescribedType, describedTypes, queueLimits } from "./instance-families";

// Writes the figures of components/aws/instance-families.json anew from what moto carries; families, sources and NUMA nodes are kept.
// A family is added by an empty one: `"c9gn": { "sizes": {} }`. Run: npx tsx tools/aws/write-families.ts
const file = join(__dirname, "../../components/aws/instance-families.json");

interface Table {
  families: Record<string, { architecture?: string; threadsPerCore?: number; sizes: Record<string, unknown[]> }>;
}

async function main(): Promise<void> {
  const table: Table = JSON.parse(readFileSync(file, "utf8"));
  const described = await describedTypes(Object.keys(table.families));
  for (const [name, family] of Object.entries(table.families)) {
    const types = described.filter(({ InstanceType }) => InstanceType.startsWith(`${name}.`)).sort(bySize);
    const numaNodes = (size: string) => family.sizes[size]?.[3] ?? null;
    family.architecture = types[0]?.ProcessorInfo.SupportedArchitectures.at(-1) as string;
    family.threadsPerCore = types[0]?.VCpuInfo.DefaultThreadsPerCore as number;
    family.sizes = Object.fromEntries(
      types.map((one) => {
        const size = one.InstanceType.slice(name.length + 1);
        return [size, rowOf(one, numaNodes(size))];
      }),
    );
    table.families[name] = {
      architecture: family.architecture,
      threadsPerCore: family.threadsPerCore,
      sizes: family.sizes,
    };
  }
  writeFileSync(file, text(table));
}

function rowOf(one: DescribedType, numaNodes: unknown): unknown[] {
  const { VCpuInfo, MemoryInfo, NetworkInfo } = one;
  const cards = NetworkInfo.NetworkCards.map((card) => [
    card.MaximumNetworkInterfaces,
    card.BaselineBandwidthInGbps,
    card.DefaultEnaQueueCountPerInterface,
    ...queueLimits(card),
  ]);
  const { DefaultVCpus, DefaultCores } = VCpuInfo;
  return [DefaultVCpus, DefaultCores, MemoryInfo.SizeInMiB, numaNodes, baselineGbps(NetworkInfo), ...cards];
}

function bySize(one: DescribedType, other: DescribedType): number {
  return (
    one.VCpuInfo.DefaultVCpus - other.VCpuInfo.DefaultVCpus || one.InstanceType.localeCompare(other.InstanceType, "en")
  );
}

/** JSON with a line for each type. */
function text(table: Table): string {
  const rows: string[] = [];
  const marked = JSON.stringify(
    table,
    (key, value) => {
      if (!Array.isArray(value) || typeof value[0] !== "number" || key === "") return value;
      rows.push(JSON.stringify(value).replaceAll(",", ", "));
      return `@${rows.length - 1}@`;
    },
    2,
  );
  return `${marked.replace(/"@(\d+)@"/g, (_, at) => rows[Number(at)] as string)}\n`;
}

main().catch((error: Error) => {
  process.stderr.write(`dpdk-fleet: ${error.message}\n`);
  process.exitCode = 1;
});
