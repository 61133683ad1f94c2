import { join } from "node:path";
import { loadFleet } from "../../components/fleet/load";
import { poll } from "../../components/lab/poll";
import type { PodAnswer } from "../../infra/cli/lab/pods";
import { cardFrames } from "../lab/card-frames";
import { type FleetYaml, type Lab, theLab } from "../lab/lab";
import { pythonOn } from "../lab/python";
import { type Figure, medianRatio, seconds } from "./figures";
import { secondsOf } from "./stopwatch";

/** Starts of the pod. */
const STARTS = 3;
const PAIRS = 8;
/** Seconds of echoes in each run, and how many are under way: half of them in a ring of 64 descriptors. */
const ECHO_SECONDS = 8;
const WINDOW = 32;
const WORKER = "gamma";
/** Its virtual functions, in the fleet file's order. */
const FUNCTIONS = ["0000:01:10.0", "0000:01:10.2"];

/**
 * What takes a guest with a kubelet (`npm run lab:k8s`): the workload from `up` to its running pod, and echoes of 64 bytes that the pod
 * answers, in turns with those of the same container without Kubernetes. Software emulation: no figure of speed, and no goal.
 */
export async function benchKubernetesLab(): Promise<Figure[]> {
  const lab = theLab("lab-k8s");
  await well(lab.up());
  const starts: number[] = [];
  for (let turn = 0; turn < STARTS; turn++) starts.push(await start(lab));
  const { pods } = (await lab.statusData()) as { pods: PodAnswer[] };
  const pairs = await echoesOf(lab, pods[0]);
  return [
    seconds("DpdkWorkload on a guest: pulumi up to a pod that runs", starts, null),
    medianRatio("echoes of 64 bytes that a pod answers, of those of the same image outside", pairs, {
      ...{ unit: "of those outside", goal: null },
    }),
  ];
}

/** Until the engine says that the pod is ready; its objects were not there. */
async function start(lab: Lab): Promise<number> {
  await well(
    lab.up((fleet) => {
      (fleet.kubernetes as FleetYaml).workloads = {};
    }),
  );
  const { begun, done } = lab.upBegun(/StatefulSet validators created/);
  const took = await secondsOf(() => begun);
  await well(done);
  return took;
}

/**
 * A second, of the pod on gamma and of the same container beside it, which runc alone started on the card's other function: same files,
 * program, CPUs and limits. In turns: who has not his turn is stopped, as both have the same CPUs. Both are asked from delta's card.
 */
async function echoesOf(lab: Lab, pod: PodAnswer | undefined): Promise<(readonly [outside: number, pod: number])[]> {
  const own = FUNCTIONS.indexOf(pod?.facts?.functions[0] ?? "");
  if (own < 0) throw new Error("no pod of the lab has a function; see npm run lab:status -- --stack lab-k8s");
  const other = 1 - own;
  const pairs: (readonly [outside: number, pod: number])[] = [];
  try {
    await outside(lab, "start", FUNCTIONS[other] as string);
    const answers = await poll({ limit: 120, every: 1 }, async () => (await echoes(lab, other, 1)) > 0);
    if (!answers) throw new Error(`the one outside did not answer within 120 s; see /run/outside-pod/log on ${WORKER}`);
    for (let pair = 0; pair < PAIRS; pair++) {
      const measured = { pod: 0, outside: 0 };
      // Who comes second finds the other way warm: by turns.
      for (const who of pair % 2 === 0 ? (["outside", "pod"] as const) : (["pod", "outside"] as const)) {
        await outside(lab, "turn", who);
        measured[who] = await echoes(lab, who === "pod" ? own : other, ECHO_SECONDS);
        if (measured[who] === 0) throw new Error(`no echo came back from the ${who === "pod" ? "pod" : "one outside"}`);
      }
      pairs.push([measured.outside, measured.pod]);
    }
  } finally {
    await outside(lab, "stop");
  }
  return pairs;
}

async function outside(lab: Lab, ...words: readonly string[]): Promise<void> {
  await pythonOn(lab, WORKER, join(__dirname, "outside-pod.py"), words);
}

/** Replies a second of a function of the worker, in the name of the node beside it. */
function echoes(lab: Lab, at: number, lasting: number): Promise<number> {
  const mac = macOf(lab, at);
  return cardFrames(lab, "delta", { mac, node: "10.78.0.1", peer: "10.78.0.2" }, ["rate", lasting, WINDOW]);
}

function macOf(lab: Lab, at: number): string {
  const { nodes } = loadFleet(lab.fleetFile);
  const mac = nodes.find(({ name }) => name === WORKER)?.nics[0]?.virtualFunctions[at]?.mac;
  if (mac === undefined) throw new Error(`${WORKER} has no function ${at}`);
  return mac;
}

async function well(doing: Promise<{ code: number; out: string; err: string }>): Promise<void> {
  const { code, out, err } = await doing;
  if (code !== 0) throw new Error(`lab up ended with ${code}: ${out}${err}`);
}
