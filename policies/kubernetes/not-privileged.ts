import { type Finding, type Part, resourceRule } from "../rule";
import { type Pod, perContainer } from "./pod";
import { acceptsNoIommu, noIommuKey, podOutsideInfrastructure, roleKey } from "./role";
import { isPrivileged, isTrue } from "./security-context";

export const notPrivileged = resourceRule({
  name: "dpdk-not-privileged",
  displayName: "Pods keep out of the host",
  description:
    "A pod is not privileged and has none of the host's namespaces, but for infrastructure and what accepts to run without IOMMU.",
  why: "A privileged pod, or one in the host's network, reaches every NIC of the node, the one that carries SSH and those of other pods too.",
  source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  group: "kubernetes",
  severity: "critical",
  // A cluster on a laptop has no device plugin and no IOMMU to do it rightly.
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    `Take it out: vfio-pci needs a device resource and IPC_LOCK only. A device plugin or forwarder says \`${roleKey}: infrastructure\`; ` +
    `a pod on a node without IOMMU says \`${noIommuKey}: accepted\`, in a label or annotation.`,
  judge: (args) => {
    const pod = podOutsideInfrastructure(args);
    if (typeof pod === "string") return pod;
    return [...namespaceParts(pod), ...privilegedParts(pod)];
  },
});

const namespaces = { hostNetwork: "network", hostPID: "processes", hostIPC: "shared memory" } as const;

function namespaceParts(pod: Pod): Part[] {
  return Object.entries(namespaces).map(([flag, what]) => (): Finding[] => {
    if (!isTrue(pod.spec()[flag])) return [];
    const mistake = `spec.${flag} is true: the pod has the node's ${what}`;
    if (acceptsNoIommu(pod)) return [{ warning: `${mistake}, which no NIC without IOMMU needs; take it out` }];
    return [`${mistake}, its way in and what else runs there; take it out, or declare ${roleKey}: infrastructure`];
  });
}

function privilegedParts(pod: Pod): Part[] {
  return perContainer(pod, (container) => [
    () => {
      if (!isPrivileged(container) || acceptsNoIommu(pod)) return [];
      return [
        `${container.where} is privileged: it reaches every device of the node, NICs of others too; take it out, a NIC of vfio-pci needs IPC_LOCK only; without an IOMMU, declare ${noIommuKey}: accepted`,
      ];
    },
  ]);
}
