import { rules } from "../../policies/rules";
import { compare, comparisonTable, corpus } from "../policies/corpus";
import { counted, type Figure, seconds } from "./figures";
import { startEmptyPack, startPack } from "./policies/start";
import { idle, requests, throughPack, throughSdk } from "./policies/through-pack";

/** As many resources as a large fleet's stack has. */
const RESOURCES = 1000;
const RUNS = 5;

/**
 * The policy pack as the engine uses it: every rule on each of a thousand resources and the rules about the stack on all of them,
 * through the functions of the SDK's own server; its process until it listens. Beside both stands what the SDK takes without a rule of
 * ours. Then the corpus of manifests and programs, as a table.
 */
export async function benchPolicies(): Promise<Figure[]> {
  const figures = [...(await timesOfRules()), ...(await timesOfStart())];
  const all = await Promise.all(corpus().map((manifest) => compare(manifest, rules)));
  process.stdout.write(`${comparisonTable(all)}\n\n`);
  const sum = (of: "caught" | "missed" | "falseAlarms") => all.reduce((total, one) => total + one[of].length, 0);
  return [
    ...figures,
    counted("corpus: mistakes that are caught", sum("caught"), "mistakes"),
    counted("corpus: mistakes that are missed", sum("missed"), "mistakes"),
    counted("corpus: false alarms", sum("falseAlarms"), "findings"),
  ];
}

async function timesOfRules(): Promise<Figure[]> {
  const nothing = rules.map(idle);
  await throughPack(rules, requests(RESOURCES)); // compiled by the machine before it is timed, as in an engine that has begun
  await throughSdk(nothing, requests(RESOURCES));
  const [ours, sdk] = [[], []] as [Took[], Took[]];
  for (let run = 0; run < RUNS; run++) {
    const [one, other] = [requests(RESOURCES), requests(RESOURCES)]; // new messages: what is decoded is kept by message
    ours.push(await timed(() => throughPack(rules, one)));
    sdk.push(await timed(() => throughSdk(nothing, other)));
  }
  const of = (runs: readonly Took[], what: keyof Took) => runs.map((run) => run[what]);
  return [
    counted("rules", rules.length, "rules"),
    seconds(`${RESOURCES} resources through all rules`, of(ours, "elapsed"), 2),
    seconds(`${RESOURCES} resources: CPU time`, of(ours, "cpu"), null),
    seconds(`${RESOURCES} resources: CPU time of the SDK, rules that do nothing`, of(sdk, "cpu"), null),
  ];
}

interface Took {
  readonly elapsed: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<void>): Promise<Took> {
  const [start, before] = [process.hrtime.bigint(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { elapsed: Number(process.hrtime.bigint() - start) / 1e9, cpu: (user + system) / 1e6 };
}

async function timesOfStart(): Promise<Figure[]> {
  const first = await startPack(); // ts-node compiles what is new, once
  await startEmptyPack();
  const [ours, empty] = [[], []] as [Took[], Took[]];
  for (let run = 0; run < RUNS; run++) {
    ours.push(await startPack());
    empty.push(await startEmptyPack());
  }
  const of = (runs: readonly Took[], what: keyof Took) => runs.map((run) => run[what]);
  return [
    seconds("start of the pack until it listens", of(ours, "elapsed"), 1),
    seconds("start of the pack: CPU time", of(ours, "cpu"), null),
    seconds("start of a pack without rules: CPU time", of(empty, "cpu"), null),
    seconds("start of the pack, the first one of this benchmark", [first.elapsed], null),
  ];
}
