import { type Part, resourceRule } from "../rule";
import { type Container, hugepagesOf, networkDevicesOf, type Pod, perContainer, resourcesOf } from "./pod";
import { quantityOf } from "./quantity";
import { wholePodInRole } from "./role";

/**
 * The kubelet's static CPU manager takes CPUs out of the shared pool only for whole numbers of them in a Guaranteed pod, and one
 * container with another request than limit, an init container too, makes the pod Burstable.
 */
export const guaranteedWholeCpus = resourceRule({
  name: "dpdk-guaranteed-whole-cpus",
  displayName: "DPDK pods are Guaranteed, with whole CPUs",
  description:
    "In a DPDK pod each container's CPU and memory are limited to what it requests; where hugepages or devices are, to whole CPUs.",
  why: "Only then has a polling thread its CPUs to itself, and its memory from the NUMA node of its NIC; else it is throttled and loses packets.",
  source: "https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/",
  group: "kubernetes",
  severity: "high",
  // A laptop has too few CPUs to give whole ones away.
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Write `cpu` (a whole number where hugepages or devices are) and `memory` under `resources.limits` of every container, or the same under `requests`.",
  judge: (args) => {
    const pod = wholePodInRole(args, "dpdk");
    return typeof pod === "string" ? pod : perContainer(pod, (container) => containerParts(pod, container));
  },
});

const names = ["cpu", "memory"] as const;

interface Asked {
  readonly request?: unknown;
  readonly limit?: unknown;
}

function containerParts(pod: Pod, container: Container): Part[] {
  const asked = resourcesOf(container);
  const needsCpus = hugepagesOf(container).length > 0 || networkDevicesOf(container).length > 0;
  if (!needsCpus && hasOwnResources(pod)) return [];
  return names.map((name) => () => {
    const mistake = mistakeOf(name, asked.get(name)) ?? (needsCpus && name === "cpu" ? shared(asked.get(name)) : null);
    return mistake === null ? [] : [`${container.where} ${mistake}`];
  });
}

/** Amounts for the pod as a whole stand for those of the containers that have none (Kubernetes 1.34, pod-level resources). */
function hasOwnResources(pod: Pod): boolean {
  const resources = resourcesOf({ props: pod.spec() });
  return names.every((name) => mistakeOf(name, resources.get(name)) === null);
}

function mistakeOf(name: string, { request, limit }: Asked = {}): string | null {
  if (limit === undefined || quantityOf(limit) === 0)
    return `has no limit of ${name}, so the pod is not Guaranteed and its threads share their CPUs; write ${name} under limits`;
  if (quantityOf(request) === quantityOf(limit)) return null;
  return `requests ${request} of ${name} and its limit is ${limit}, so the pod is not Guaranteed and its threads share their CPUs; write one amount for both`;
}

function shared({ limit }: Asked = {}): string | null {
  if (Number.isInteger(quantityOf(limit))) return null;
  return `has ${limit} of cpu, which is no whole number, so the kubelet gives it no CPU of its own; write ${Math.ceil(quantityOf(limit))}`;
}
