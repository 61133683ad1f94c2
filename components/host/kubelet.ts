import type { FleetNode } from "../fleet/types";
import { formatCpuSet } from "./cpu-set";
import { poolKiB } from "./hugepages";
import { type KubeletArgs, kubeletConfiguration } from "./kubelet-plan";
import type { HostPlan } from "./plan-schema";

/** What may be said of a worker's kubelet; all else is the node's own. */
export interface KubeletSettings {
  /** The folder that the kubelet's `--config-dir` names. Example: `/etc/kubernetes/kubelet.conf.d`. */
  readonly configDirectory: string;
  /** Its unit. Example: `kubelet.service`. */
  readonly service: string;
  /** Memory of the system's own services. Example: `512Mi`. */
  readonly systemMemory: string;
  /** Memory of the kubelet and the container runtime. Example: `512Mi`. */
  readonly kubeMemory: string;
  readonly topology: NonNullable<KubeletArgs["topology"]>;
}

export const KUBELET_DEFAULTS: KubeletSettings = {
  configDirectory: "/etc/kubernetes/kubelet.conf.d",
  service: "kubelet.service",
  systemMemory: "512Mi",
  kubeMemory: "512Mi",
  topology: "single-numa-node",
};

/** Where the kubelet has its state unless `--root-dir` says otherwise, which the node agent refuses. */
const STATE_FOLDER = "/var/lib/kubelet";

/** The part of the plan that the node agent's stage `kubelet` is about; absent where the node is no worker. */
export function planKubelet(node: FleetNode): Pick<HostPlan, "kubelet"> {
  return node.kubelet === null
    ? {}
    : { kubelet: kubeletPart(node.name, node.kubelet, kubeletArgs(node, node.kubelet)) };
}

/**
 * The file of a worker, which the kubelet merges over what it was given before (kubeadm's own file, for one).
 *
 * @throws KubernetesError where the kubelet would not start with it.
 */
export function kubeletPart(
  name: string,
  { configDirectory, service }: Pick<KubeletSettings, "configDirectory" | "service">,
  args: KubeletArgs,
): NonNullable<HostPlan["kubelet"]> {
  // JSON is YAML, and the agent has no reader for more than that.
  const content = `${JSON.stringify(kubeletConfiguration(name, args), null, 2)}\n`;
  return { service, file: `${configDirectory}/60-dpdk-fleet.conf`, content, stateFolder: STATE_FOLDER };
}

/** CPUs, housekeeping CPUs, memory and hugepages as the fleet file has them. */
export function kubeletArgs({ hardware, cpus, hugepages }: FleetNode, settings: KubeletSettings): KubeletArgs {
  const { systemMemory, kubeMemory, topology } = settings;
  const numaNodes = hardware.numaNodes.map((numaNode, index) => {
    const kiB = hugepages.reduce((sum, pool) => sum + poolKiB(pool, index), 0);
    return {
      cpus: formatCpuSet(numaNode.cpus),
      memory: `${numaNode.memoryKiB}Ki`,
      ...(kiB === 0 ? {} : { hugepages: `${kiB}Ki` }),
    };
  });
  const [all, housekeeping] = [formatCpuSet(hardware.cpus), formatCpuSet(cpus.housekeeping)];
  return { cpus: all, housekeeping, numaNodes, systemMemory, kubeMemory, topology };
}
