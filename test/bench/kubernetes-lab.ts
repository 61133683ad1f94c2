import { loadFleet } from "../../components/fleet/load";
import type { PodAnswer } from "../../infra/cli/lab/pods";
import { cardFrames, type Receiver } from "../lab/card-frames";
import { type FleetYaml, type Lab, theLab } from "../lab/lab";
import { type Figure, medianRatio, seconds } from "./figures";
import { secondsOf } from "./stopwatch";

/** Starts of the pod. */
const STARTS = 3;
const PAIRS = 8;
/** Seconds of echoes in each run, and how many are under way: half of them in a ring of 64 descriptors. */
const ECHO_SECONDS = 8;
const WINDOW = 32;

/**
 * What takes a guest with a kubelet (`npm run lab:k8s`): the workload from `up` to its running pod, and echoes of 64 bytes that the pod
 * answers, in turns with those that the same image answers on the other guest as a service of podman. Software emulation: no figure of
 * speed, and no goal; as much of it as stands between the two is in the ratio.
 */
export async function benchKubernetesLab(): Promise<Figure[]> {
  const lab = theLab("lab-k8s");
  await well(lab.up());
  const starts: number[] = [];
  for (let turn = 0; turn < STARTS; turn++) starts.push(await start(lab));
  const { pods } = (await lab.statusData()) as { pods: PodAnswer[] };
  const pairs: (readonly [outside: number, pod: number])[] = [];
  for (let pair = 0; pair < PAIRS; pair++) pairs.push([await ofService(lab), await ofPod(lab, pods[0])]);
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

/** A second, of the service on delta, from gamma's card in the name of the pod. */
function ofService(lab: Lab): Promise<number> {
  return echoes(lab, "gamma", { mac: macOf(lab, "delta", 0), node: "10.78.0.2", peer: "10.78.0.1" });
}

/** The other way round: of the pod on gamma, whichever of its functions it has. */
function ofPod(lab: Lab, pod: PodAnswer | undefined): Promise<number> {
  const [pci] = pod?.facts?.functions ?? [];
  if (pci === undefined) throw new Error("no pod of the lab has a function; see npm run lab:status -- --stack lab-k8s");
  const at = pci === "0000:01:10.0" ? 0 : 1;
  return echoes(lab, "delta", { mac: macOf(lab, "gamma", at), node: "10.78.0.1", peer: "10.78.0.2" });
}

function macOf(lab: Lab, node: string, at: number): string {
  const { nodes } = loadFleet(lab.fleetFile);
  const mac = nodes.find(({ name }) => name === node)?.nics[0]?.virtualFunctions[at]?.mac;
  if (mac === undefined) throw new Error(`${node} has no function ${at}`);
  return mac;
}

async function echoes(lab: Lab, from: string, to: Receiver): Promise<number> {
  const rate = await cardFrames(lab, from, to, ["rate", ECHO_SECONDS, WINDOW]);
  if (rate > 0) return rate;
  throw new Error(`no echo came back to ${from} from ${to.node}`);
}

async function well(doing: Promise<{ code: number; out: string; err: string }>): Promise<void> {
  const { code, out, err } = await doing;
  if (code !== 0) throw new Error(`lab up ended with ${code}: ${out}${err}`);
}
