/** A pod as the API server tells it: what is counted of it. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** Amounts by the resource's name. */
export type Amounts = Readonly<Record<string, number>>;

/** The books of a cluster, kept from a watch of its pods: every state that there was, not only those that somebody looked at. */
export interface Ledger {
  take(event: { readonly type: string; readonly object: Pod }): void;
  /** What must never be: a node with more on it than it has, two pods of a workload on one node. A line each. */
  readonly wrong: readonly string[];
  pods(workload: string): readonly Pod[];
  ready(workload: string): number;
  /** The fewest that were ready since `mark`. */
  fewest(workload: string): number;
  mark(): void;
}

/**
 * @param has What each node has, by its name.
 * @param needs What a pod of each workload takes, from what the workload was asked for: not from the pod, which may ask for less.
 */
export function ledger(has: ReadonlyMap<string, Amounts>, needs: Readonly<Record<string, Amounts>>): Ledger {
  const pods = new Map<string, Pod>();
  const fewest = new Map<string, number>();
  const wrong: string[] = [];
  const of = (workload: string) => [...pods.values()].filter((pod) => workloadOf(pod) === workload);
  const ready = (workload: string) => of(workload).filter(isReady).length;
  return {
    wrong,
    pods: of,
    ready,
    fewest: (workload) => fewest.get(workload) ?? ready(workload),
    mark: () => fewest.clear(),
    take: ({ type, object }) => {
      if (type === "ERROR") wrong.push("the watch was cut off: states are missing");
      const workload = workloadOf(object);
      if (workload === undefined || needs[workload] === undefined) return;
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      if (!fewest.has(workload)) fewest.set(workload, ready(workload));
      if (type === "DELETED") pods.delete(key);
      else pods.set(key, object);
      fewest.set(workload, Math.min(fewest.get(workload) ?? 0, ready(workload)));
      const node = object.spec.nodeName;
      if (node === undefined) return;
      const there = [...pods.values()].filter((pod) => pod.spec.nodeName === node && !isOver(pod));
      wrong.push(
        ...oversubscribed(
          node,
          has.get(node) ?? {},
          there.map((pod) => needs[workloadOf(pod) as string] ?? {}),
        ),
      );
      if (there.filter((pod) => workloadOf(pod) === workload).length > 1)
        wrong.push(`${node} has two pods of ${workload}`);
    },
  };
}

function oversubscribed(node: string, has: Amounts, taken: readonly Amounts[]): string[] {
  const resources = new Set(taken.flatMap((each) => Object.keys(each)));
  return [...resources].flatMap((resource) => {
    const sum = taken.reduce((total, each) => total + (each[resource] ?? 0), 0);
    return sum > (has[resource] ?? 0) ? [`${node} has ${has[resource] ?? 0} ${resource}, and ${sum} are taken`] : [];
  });
}

function workloadOf(pod: Pod): string | undefined {
  return pod.metadata?.labels?.["app.kubernetes.io/instance"];
}

function isReady({ metadata, status }: Pod): boolean {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  return metadata.deletionTimestamp === undefined && ready?.status === "True";
}

function isOver({ status }: Pod): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}
