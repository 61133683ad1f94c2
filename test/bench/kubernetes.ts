import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workloadArgs } from "../../components/kubernetes/workload.fixture";
import type { DpdkWorkloadArgs } from "../../components/kubernetes/workload-args";
import { controlPlaneOff, controlPlaneOn } from "../../components/lab/control-plane/power";
import { makeStack, type TestStack } from "../engine/stack";
import { clusterSpec, startCluster } from "../kubernetes/cluster";
import { type Figure, seconds } from "./figures";
import { secondsOf } from "./stopwatch";

const RUNS = 5;

/**
 * A control plane from nothing on the disk, and a workload of two pods through the engine with the policy pack, on a cluster without nodes: the
 * engine's and the API server's share of the time, without the pods'. What takes a guest is measured where the guest is and stays in the file.
 */
export async function benchKubernetes(): Promise<Figure[]> {
  const ready: number[] = [];
  for (let run = 0; run < RUNS; run++) ready.push(await controlPlane());
  return [seconds("control plane ready, nothing on the disk", ready, 10), ...(await workloadFigures())];
}

/** Certificates, etcd, API server, controllers and scheduler, until all are well; the program is there before. */
async function controlPlane(): Promise<number> {
  const spec = await clusterSpec();
  const quiet = () => undefined;
  try {
    return await secondsOf(() => controlPlaneOn(spec, quiet));
  } finally {
    await controlPlaneOff(spec.folder, quiet);
  }
}

async function workloadFigures(): Promise<Figure[]> {
  const cluster = await startCluster();
  try {
    const stack = await makeStack(join(__dirname, "../kubernetes/program"), { kubernetes: true });
    try {
      return await ofWorkload(stack, readFileSync(cluster.kubeconfig, "utf8"));
    } finally {
      stack.remove();
    }
  } finally {
    await cluster.stop();
  }
}

async function ofWorkload(stack: TestStack, kubeconfig: string): Promise<Figure[]> {
  const [preview, first, again, changed]: [number[], number[], number[], number[]] = [[], [], [], []];
  const settle = (args: DpdkWorkloadArgs) =>
    stack.configure({ kubeconfig, components: [{ component: "DpdkWorkload", name: "validators", args }] });
  const other = workloadArgs({ dataPlane: { networkId: "another" } });
  for (let run = 0; run < RUNS; run++) {
    settle(workloadArgs());
    preview.push(await timed(stack, "preview"));
    first.push(await timed(stack, "up", "--yes", "--skip-preview"));
    again.push(await timed(stack, "up", "--yes", "--skip-preview", "--expect-no-changes"));
    settle(other);
    changed.push(await timed(stack, "preview"));
    await timed(stack, "destroy", "--yes", "--skip-preview");
  }
  return [
    seconds("DpdkWorkload: pulumi preview of a new one", preview, null),
    seconds("DpdkWorkload: first pulumi up, pods not waited for", first, null),
    seconds("DpdkWorkload: second pulumi up, nothing to change", again, 5),
    seconds("DpdkWorkload: pulumi preview of another network", changed, null),
  ];
}

function timed(stack: TestStack, ...args: string[]): Promise<number> {
  return secondsOf(async () => {
    const { code, out, err } = await stack.pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${out}${err}`);
  });
}
