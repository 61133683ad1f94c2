import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mainnet } from "../../components/aws/fleet.fixture";
import type { EnaFleetArgs, EnaInstance } from "../../components/aws/fleet-args";
import { run } from "../../infra/cli/command";
import { makeStack, type TestStack } from "../engine/stack";
import { counted, type Figure, seconds } from "./figures";
import { secondsOf } from "./stopwatch";

const INSTANCES = 100;
const RUNS = 5;
const PACK = "PULUMI_OPTION_POLICY_PACK";

/**
 * A preview of a large fleet through the engine, with the policy pack and without, in turns with a program that makes nothing; and the program
 * until all of it is loaded. The echo of AWS answers at once: what a real provider and AWS would take comes on top.
 */
export async function benchAws(): Promise<Figure[]> {
  const stack = await makeStack(join(__dirname, "../aws/program"));
  try {
    return await figuresOf(stack);
  } finally {
    stack.remove();
  }
}

async function figuresOf(stack: TestStack): Promise<Figure[]> {
  const [whole, bare, nothing, start]: [number[], number[], number[], number[]] = [[], [], [], []];
  stack.configure({ fleet: fleet() });
  const resources = await timedPreview(stack, []); // what is compiled once, is compiled
  for (let run = 0; run < RUNS; run++) {
    stack.configure({ fleet: fleet() });
    const [judged, plain] = [await timedPreview(stack, []), await timedPreview(stack, [PACK])];
    stack.configure({});
    const empty = await timedPreview(stack, [PACK]);
    whole.push(judged.took);
    bare.push(plain.took);
    nothing.push(empty.took);
    start.push(judged.started, plain.started, empty.started);
  }
  const preview = `EnaFleet of ${INSTANCES} instances: pulumi preview`;
  return [
    counted(`EnaFleet of ${INSTANCES} instances: resources`, resources.creates, "resources"),
    seconds(`${preview}, without the policy pack`, bare, 10),
    seconds(`${preview}, with the policy pack`, whole, null),
    seconds("a program that makes nothing: pulumi preview without the policy pack", nothing, null),
    seconds("start of a program with EnaFleet, until all is loaded", start, 2),
  ];
}

interface Previewed {
  /** Seconds. */
  readonly took: number;
  /** Seconds of the program's own process until all is loaded. */
  readonly started: number;
  readonly creates: number;
}

async function timedPreview({ engine, folder }: TestStack, without: readonly string[]): Promise<Previewed> {
  const file = join(folder, "program-started");
  const kept = Object.entries(engine.environment).filter(([name]) => !without.includes(name));
  let out = "";
  const took = await secondsOf(async () => {
    const done = await run(engine.program, "preview --stack test --non-interactive --color never".split(" "), {
      environment: { ...Object.fromEntries(kept), PROGRAM_STARTED: file },
      folder: join(__dirname, "../aws/program"),
    });
    if (done.code !== 0) throw new Error(`pulumi preview ended with ${done.code}: ${done.out}${done.err}`);
    out = done.out;
  });
  const creates = Number(/\+ (\d+) to create/.exec(out)?.[1]);
  return { took, started: Number(readFileSync(file, "utf8")) / 1000, creates };
}

/** Validators on metal in three zones, in turns. */
function fleet(): EnaFleetArgs {
  const { instances, ...rest } = mainnet();
  const each = (_: unknown, index: number): EnaInstance => ({
    ...(instances[index % instances.length] as EnaInstance),
    ...{ name: `validator-${index}`, index, elasticIp: false },
  });
  return { ...rest, instances: Array.from({ length: INSTANCES }, each) };
}
