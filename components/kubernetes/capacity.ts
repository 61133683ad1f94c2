import { quantityOf } from "../host/quantity";

/** What the pods of a workload ask for. */
export interface CapacityAsk {
  readonly workload: string;
  /** Pods, each on a Kubernetes node of its own. */
  readonly pods: number;
  /** Of one pod: `{ "pantheonchain.org/data_plane": "1", "hugepages-1Gi": "1Gi", cpu: "2", memory: "512Mi" }`. */
  readonly amounts: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** A Kubernetes node, as far as a pod's place depends on it. */
export interface CapacityNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ready, and pods may come to it. */
  readonly takesPods: boolean;
  readonly allocatable: Readonly<Record<string, string>>;
  /** What other pods on it have asked for. */
  readonly used: Readonly<Record<string, string>>;
}

/** Why the pods would wait for ever, and what to do; null where there is room. */
export interface CapacityProblem {
  readonly what: string;
  readonly remedy: string;
}

/**
 * Whether the cluster has room for a workload's pods, one a node: what the scheduler will say, before anything is made, and in one line.
 * Taints and what else keeps a pod off are its own to judge. Pure.
 */
export function capacityProblem(ask: CapacityAsk, nodes: readonly CapacityNode[]): CapacityProblem | null {
  const chosen = nodes.filter(({ labels }) =>
    Object.entries(ask.nodeSelector).every(([key, value]) => labels[key] === value),
  );
  if (chosen.length === 0) return noNode(ask, nodes);
  for (const resource of Object.keys(ask.amounts))
    if (chosen.every(({ allocatable }) => amount(allocatable, resource) === 0))
      return notOffered(ask, resource, chosen);
  const fitting = chosen.filter((node) => node.takesPods && lacks(ask, node) === null);
  return fitting.length >= ask.pods ? null : tooFew(ask, chosen, fitting.length);
}

function noNode({ nodeSelector }: CapacityAsk, nodes: readonly CapacityNode[]): CapacityProblem {
  const wanted = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  return nodes.length === 0
    ? { what: "the cluster has no nodes", remedy: "let its workers join, then run this again" }
    : {
        what: `none of ${nodes.length} nodes has the labels ${wanted.join(", ")}`,
        remedy: "label the nodes that are for DPDK, or name labels that they have",
      };
}

function notOffered({ amounts }: CapacityAsk, resource: string, nodes: readonly CapacityNode[]): CapacityProblem {
  const pages = /^hugepages-(.*)$/.exec(resource)?.[1];
  const what = `no node offers ${resource} (${amounts[resource]} asked)`;
  if (pages === undefined)
    return { what, remedy: "see that a device plugin offers it there, and that nic.resource is written as it does" };
  const others = nodes.flatMap(({ name, allocatable }) =>
    Object.keys(allocatable)
      .filter((one) => one.startsWith("hugepages-") && amount(allocatable, one) > 0)
      .map((one) => `${name} has ${allocatable[one]} of ${one.slice("hugepages-".length)}`),
  );
  return {
    what: `${what}${others.length === 0 ? "" : `; ${others.join(", ")}`}`,
    remedy: `set pages of ${pages} aside at boot, or ask for a size that is there; a kubelet counts them once, when it starts`,
  };
}

function tooFew(ask: CapacityAsk, nodes: readonly CapacityNode[], fitting: number): CapacityProblem {
  const reasons = nodes.flatMap((node) => {
    const why = node.takesPods ? lacks(ask, node) : "takes no pods now";
    return why === null ? [] : [`${node.name}: ${why}`];
  });
  return {
    what: `${ask.pods} pods need a node each and ${fitting} of ${nodes.length} nodes have room${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}`,
    remedy: "free what others hold, add nodes, or write fewer nodes at the workload",
  };
}

/** The first resource of which a node has too little left. */
function lacks({ amounts }: CapacityAsk, { allocatable, used }: CapacityNode): string | null {
  for (const [resource, wanted] of Object.entries(amounts)) {
    const [all, taken] = [amount(allocatable, resource), amount(used, resource)];
    if (all - taken < quantityOf(wanted)) return `${resource}: ${wanted} asked, ${taken} of ${all} in use`;
  }
  return null;
}

function amount(of: Readonly<Record<string, string>>, resource: string): number {
  return quantityOf(of[resource] ?? "0");
}
