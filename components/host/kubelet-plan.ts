import { type CpuSet, difference, formatCpuSet, parseCpuSet } from "./cpu-set";
import { KubernetesError } from "./kubernetes-error";
import { quantityKiB } from "./quantity";

/** A worker as its kubelet must know it. */
export interface KubeletArgs {
  /** All CPUs. Example: `0-15`. */
  readonly cpus: string;
  /** CPUs for the system, the kubelet and pods without whole CPUs. Example: `0-1`. One at least: the static manager wants a reservation. */
  readonly housekeeping: string;
  readonly numaNodes: readonly KubeletNumaNode[];
  /** Memory of the system's own services, as Kubernetes writes it. Default `512Mi`. */
  readonly systemMemory?: string;
  /** Memory of the kubelet and the container runtime. Default `512Mi`. */
  readonly kubeMemory?: string;
  /** Whether pods whose devices, CPUs and memory are not of one NUMA node are refused, or only advised against. Default `single-numa-node`. */
  readonly topology?: "single-numa-node" | "best-effort";
}

export interface KubeletNumaNode {
  readonly cpus: string;
  /** Whole memory of the node. Example: `64Gi`. */
  readonly memory: string;
  /** Hugepages set aside on it at boot, all sizes together. Example: `16Gi`. Default none. */
  readonly hugepages?: string;
}

/** The kubelet's own default of `memory.available`; it counts among what is reserved (kubernetes.io, memory-manager). */
export const EVICTION = "100Mi";
const MEMORY = "512Mi";

/**
 * The kubelet's configuration for DPDK pods: whole CPUs, memory and devices of one NUMA node. What is reserved of memory is, node by node,
 * exactly the sum of the three reservations: with anything else the kubelet does not start. A kubelet that ran with other managers must
 * be drained and its `cpu_manager_state` and `memory_manager_state` removed first.
 *
 * Isolated CPUs (`isolcpus=`, `nohz_full=`): the static manager knows nothing of them. It hands out whole CPUs of all but
 * `reservedSystemCPUs`. So the housekeeping CPUs are reserved and the isolated ones are for pods; where the two do not together make all
 * CPUs, the rest is for pods too, and is not isolated. A pod without whole CPUs runs on every CPU that no pod has for its own, isolated
 * ones among them, and the scheduler does not balance there: its threads pile up on one CPU. Keep such pods off with a taint, or
 * isolate nothing (`kernel.isolcpus: false`). So do threads of a pod with whole isolated CPUs that it does not pin, as EAL does.
 *
 * @throws KubernetesError where the kubelet would not start: housekeeping CPUs that are none, a node without room.
 * @example
 * kubeletConfiguration("worker-1", { cpus: "0-15", housekeeping: "0-1", numaNodes: [{ cpus: "0-15", memory: "64Gi", hugepages: "16Gi" }] });
 */
export function kubeletConfiguration(name: string, args: KubeletArgs) {
  const { systemMemory = MEMORY, kubeMemory = MEMORY } = args;
  const housekeeping = housekeepingOf(name, args);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cpuManagerPolicy: "static",
    reservedSystemCPUs: formatCpuSet(housekeeping),
    memoryManagerPolicy: "Static",
    systemReserved: { memory: systemMemory },
    kubeReserved: { memory: kubeMemory },
    evictionHard: { "memory.available": EVICTION, "nodefs.available": "10%", "imagefs.available": "15%" },
    reservedMemory: reservedMemory(name, args),
    topologyManagerPolicy: args.topology ?? "single-numa-node",
  };
}

function housekeepingOf(name: string, { cpus, housekeeping }: KubeletArgs): CpuSet {
  const [all, own] = [cpusOf(name, "cpus", cpus), cpusOf(name, "housekeeping", housekeeping)];
  const foreign = difference(own, all);
  if (foreign.length > 0)
    throw new KubernetesError(
      `${name}: housekeeping has CPU ${foreign[0]}`,
      `the worker has ${cpus}; write some of these`,
    );
  if (own.length === all.length)
    throw new KubernetesError(
      `${name}: housekeeping is ${housekeeping}`,
      "leave CPUs for pods: these are all that there are",
    );
  return own;
}

/** What is reserved of memory on one NUMA node, and what there is of it. */
export interface ReservedShare {
  readonly numaNode: number;
  readonly kiB: number;
  /** Memory that is no hugepage. */
  readonly freeKiB: number;
}

/** All that is reserved of memory: the system's, the kubelet's, and what eviction keeps free. KiB. */
export function reservedKiB(name: string, { systemMemory = MEMORY, kubeMemory = MEMORY }: KubeletArgs): number {
  return [systemMemory, kubeMemory, EVICTION].map((text) => kiBOf(name, text)).reduce((sum, kiB) => sum + kiB);
}

/** Shared by the NUMA nodes whose CPUs the system has, as evenly as it goes. Empty where none has any. */
export function reservedShares(name: string, args: KubeletArgs): ReservedShare[] {
  const [housekeeping, kiB] = [cpusOf(name, "housekeeping", args.housekeeping), reservedKiB(name, args)];
  const own = args.numaNodes.flatMap((node, index) => {
    const has = cpusOf(name, `numaNodes[${index}].cpus`, node.cpus).some((cpu) => housekeeping.includes(cpu));
    return has ? [{ node, index }] : [];
  });
  return own.map(({ node, index }, at) => ({
    numaNode: index,
    kiB: Math.floor(kiB / own.length) + (at === 0 ? kiB % own.length : 0),
    freeKiB: kiBOf(name, node.memory) - kiBOf(name, node.hugepages ?? "0"),
  }));
}

/** Only where it fits beside the hugepages. */
function reservedMemory(name: string, args: KubeletArgs) {
  const shares = reservedShares(name, args);
  if (shares.length === 0)
    throw new KubernetesError(
      `${name}: no NUMA node has housekeeping CPUs`,
      "write every CPU of the worker among its numaNodes",
    );
  return shares.map(({ numaNode, kiB, freeKiB }) => {
    const { memory, hugepages = "no" } = args.numaNodes[numaNode] as KubeletNumaNode;
    if (freeKiB <= kiB)
      throw new KubernetesError(
        `${name}: numaNodes[${numaNode}] has ${memory} with ${hugepages} hugepages, and ${kiB} KiB are reserved`,
        "set fewer hugepages aside, or reserve less for the system and the kubelet",
      );
    return { numaNode, limits: { memory: `${kiB}Ki` } };
  });
}

function kiBOf(name: string, text: string): number {
  const kiB = text === "0" ? 0 : quantityKiB(text);
  if (kiB === null)
    throw new KubernetesError(`${name}: memory is ${text}`, "write a whole number with Ki, Mi or Gi, such as 512Mi");
  return kiB;
}

function cpusOf(name: string, key: string, text: string): CpuSet {
  const cpus = parseCpuSet(text);
  if (cpus === null || cpus.length === 0)
    throw new KubernetesError(`${name}: ${key} is ${text}`, "write CPUs as a list such as 0-1,8");
  return cpus;
}
