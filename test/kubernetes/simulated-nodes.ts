import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { ensureKwok } from "../../tools/kubernetes/kwok";
import type { Api } from "./api";
import { type Cluster, ofTests } from "./cluster";
import type { Amounts } from "./ledger";
import { type Running, startProcess } from "./process";

/**
 * Seconds after which such a node is given up: on a machine that is busy 200 of them are late, and their pods would be called unready. For
 * the cluster's spec.
 */
export const GRACE = 600;

/** Nodes of one kind. */
export interface Kind {
  readonly name: string;
  readonly count: number;
  /** Label by which pods choose it. */
  readonly pool: string;
  /** Beside that one. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** As Kubernetes counts: whole CPUs, whole functions, bytes. */
  readonly has: Amounts;
}

/** The nodes of all kinds by their names, `KIND-0` being the first. */
export function nodesOf(kinds: readonly Kind[]): Map<string, Amounts> {
  return new Map(
    kinds.flatMap(({ name, count, has }) => Array.from({ length: count }, (_, at) => [`${name}-${at}`, has] as const)),
  );
}

/**
 * Nodes that are objects alone, ready and kept so by kwok: the scheduler and the controllers are real, and of a pod that is bound it is only
 * said that it runs. A pod is ready a moment after it is bound and gone a moment after it is deleted, as one that runs; one of a Job ends well.
 */
export async function simulateNodes(cluster: Cluster, api: Api, kinds: readonly Kind[]): Promise<Running> {
  const kwok = await startKwok(cluster);
  const nodes = kinds.flatMap((kind) =>
    Array.from({ length: kind.count }, (_, at) => node(`${kind.name}-${at}`, kind)),
  );
  const made = await Promise.all(nodes.map((each) => api.call<{ message?: string }>("POST", "/api/v1/nodes", each)));
  const refused = made.find(({ status }) => status !== 201);
  if (refused === undefined) return kwok;
  await kwok.stop();
  throw new Error(`a node was not made: ${refused.body.message}`);
}

async function startKwok({ spec, kubeconfig }: Cluster): Promise<Running> {
  const { file, podStages } = await ensureKwok(ofTests());
  const folder = join(spec.folder, "kwok");
  mkdirSync(folder);
  const stages = join(folder, "stages.yaml");
  writeFileSync(
    stages,
    ["pod-ready", "pod-complete", "pod-delete"].map((name) => delayed(join(podStages, `${name}.yaml`))).join("---\n"),
  );
  const log = join(folder, "log");
  return startProcess(
    file,
    [
      `--kubeconfig=${kubeconfig}`,
      `--config=${stages}`,
      "--manage-all-nodes=true",
      "--cidr=10.0.0.1/16",
      `--node-lease-duration-seconds=${GRACE}`, // renewed after a quarter of it
    ],
    {
      ...{ log, limit: 60, environment: { KWOK_WORKDIR: folder } },
      isWell: async () => /Watch all nodes/.test(readFileSync(log, "utf8")),
    },
  );
}

/** kwok's own stage, half a second late: what a roll-out waits for is there to be waited for. */
function delayed(file: string): string {
  const stage = load(readFileSync(file, "utf8")) as { spec: object };
  return dump({ ...stage, spec: { ...stage.spec, delay: { durationMilliseconds: 500 } } });
}

function node(name: string, kind: Kind) {
  const amounts = Object.fromEntries(Object.entries(kind.has).map(([resource, amount]) => [resource, String(amount)]));
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", pool: kind.pool, ...kind.labels },
    },
    status: { capacity: amounts, allocatable: amounts },
  };
}
