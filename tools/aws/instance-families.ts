import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** One type, as DescribeInstanceTypes answers, as far as it is read here. */
export interface DescribedType {
  readonly InstanceType: string;
  readonly BareMetal: boolean;
  readonly ProcessorInfo: { readonly SupportedArchitectures: readonly string[] };
  readonly VCpuInfo: {
    readonly DefaultVCpus: number;
    readonly DefaultCores: number;
    readonly DefaultThreadsPerCore: number;
  };
  readonly MemoryInfo: { readonly SizeInMiB: number };
  readonly PlacementGroupInfo: { readonly SupportedStrategies: readonly string[] };
  readonly NetworkInfo: {
    readonly EnaSupport: string;
    readonly NetworkPerformance: string;
    readonly MaximumNetworkInterfaces: number;
    readonly NetworkCards: readonly DescribedCard[];
  };
}

interface DescribedCard {
  readonly NetworkCardIndex: number;
  readonly MaximumNetworkInterfaces: number;
  readonly BaselineBandwidthInGbps: number;
  readonly DefaultEnaQueueCountPerInterface: number;
  readonly MaximumEnaQueueCountPerInterface?: number;
  readonly MaximumEnaQueueCount?: number;
}

const run = promisify(execFile);

/** What moto's server answers of these families, over HTTP. It is made ready first where it is not. */
export async function describedTypes(families: readonly string[]): Promise<DescribedType[]> {
  const python = await motoPython();
  const { stdout } = await run(python, [join(__dirname, "describe.py"), ...families], { maxBuffer: 64 << 20 });
  return JSON.parse(stdout);
}

/** The Python that has moto. */
export async function motoPython(): Promise<string> {
  return (await run("bash", [join(__dirname, "setup.sh")])).stdout.trim();
}

/**
 * Gbit/s of all cards together. A type whose performance is a number has that one at any time, and it may be less than its cards' together
 * (c6in.32xlarge: 200 of two cards with 200 each); "Up to …" is a burst, and the cards' baseline is what lasts.
 */
export function baselineGbps({ NetworkPerformance, NetworkCards }: DescribedType["NetworkInfo"]): number {
  const sum = NetworkCards.reduce((all, card) => all + card.BaselineBandwidthInGbps, 0);
  const lasting = /^([\d.]+) Gigabit$/.exec(NetworkPerformance)?.[1];
  return Math.min(sum, lasting === undefined ? sum : Number(lasting));
}

/**
 * A card's limits of queues: null for both unless the number can be asked for. Of types whose number is fixed AWS gives the one
 * or the other at times (c6i.metal: 32 an interface, and none a card).
 */
export function queueLimits(card: DescribedCard): readonly [number, number] | readonly [null, null] {
  const { MaximumEnaQueueCountPerInterface: ofInterface, MaximumEnaQueueCount: ofCard } = card;
  return ofInterface === undefined || ofCard === undefined ? [null, null] : [ofInterface, ofCard];
}
