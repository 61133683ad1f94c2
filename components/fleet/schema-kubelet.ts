import { z } from "zod";
import { KUBELET_DEFAULTS } from "../host/kubelet";
import { field, text } from "./fields";

const quantity = () => text(/^[1-9]\d{0,8}(Ki|Mi|Gi)$/, "must be memory as Kubernetes writes it, such as 512Mi");

/**
 * The kubelet of a node that is a worker already. Its CPUs, memory and hugepages are the node's own: `cpus.housekeeping` is reserved for the
 * system, and what is isolated is for pods, which get whole CPUs of it. The static CPU manager knows nothing of `isolcpus=`: a pod without
 * whole CPUs runs on isolated ones too, as long as no pod has them for its own, and the scheduler does not balance there. Keep such pods
 * off such a node with a taint, or write `kernel.isolcpus: false`.
 */
export const kubeletSchema = z
  .strictObject({
    configDirectory: field(
      text(/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,}$/, "must be an absolute path of plain letters").default(
        KUBELET_DEFAULTS.configDirectory,
      ),
      "Folder of the kubelet's own `--config-dir`, into which 60-dpdk-fleet.conf is written. A " +
        "kubelet that runs without it is refused; Kubernetes 1.30 or newer has it.",
      { reboot: false, example: "/etc/kubernetes/kubelet.conf.d" },
    ),
    service: field(
      text(/^[A-Za-z0-9][A-Za-z0-9._-]*\.service$/, "must be a unit such as kubelet.service").default(
        KUBELET_DEFAULTS.service,
      ),
      "Unit of the kubelet; it is there already, and its node is of a cluster.",
      { reboot: false, example: "kubelet.service" },
    ),
    systemMemory: field(
      quantity().default(KUBELET_DEFAULTS.systemMemory),
      "Memory that is kept for the system's own services (systemReserved), on the NUMA nodes of the housekeeping CPUs.",
      { unit: "Ki, Mi or Gi, powers of 1,024", reboot: false, example: "512Mi" },
    ),
    kubeMemory: field(
      quantity().default(KUBELET_DEFAULTS.kubeMemory),
      "Memory that is kept for the kubelet and the container runtime (kubeReserved), beside systemMemory.",
      { unit: "Ki, Mi or Gi, powers of 1,024", reboot: false, example: "512Mi" },
    ),
    labels: field(
      z.record(z.string(), z.string()).default({}),
      "Labels that the node has in its cluster, by which `kubernetes.policies` select it: a NIC that a policy takes, and that `nics` binds or " +
        "cuts into functions, is refused. They are told here, and made by whoever runs the cluster.",
      { reboot: false, example: { "node-role.kubernetes.io/validator": "" } },
    ),
    topology: field(
      z.enum(["single-numa-node", "best-effort"]).default(KUBELET_DEFAULTS.topology),
      "single-numa-node: a pod whose CPUs, memory and devices are not of one NUMA node is refused; best-effort: only avoided.",
      { reboot: false, example: "single-numa-node" },
    ),
  })
  .meta({
    description:
      "The node is a worker of a Kubernetes cluster: its kubelet gets the static CPU manager, the memory manager and the topology manager. " +
      "A change starts the kubelet anew; drain the worker first. Not together with `service`.",
  });
