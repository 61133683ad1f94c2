import { type Finding, resourceRule } from "../rule";
import { type Container, type Pod, perContainer } from "./pod";
import { wholePodInRole } from "./role";
import { isPrivileged } from "./security-context";

export const seccompProfile = resourceRule({
  name: "dpdk-seccomp-profile",
  displayName: "DPDK pods have a seccomp profile",
  description: "Each container of a DPDK pod has the seccomp profile RuntimeDefault, or one of the node.",
  why: "Without one every system call of the node's kernel is open to whoever takes over the program that reads strangers' packets.",
  source: "https://kubernetes.io/docs/tutorials/security/seccomp/",
  group: "kubernetes",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  // No remedy: the profile closes get_mempolicy without SYS_NICE, and then EAL takes all memory for that of NUMA node 0.
  remediationSteps:
    "Write `securityContext: { seccompProfile: { type: RuntimeDefault } }` in the pod's spec, and add SYS_NICE on nodes with several NUMA nodes.",
  judge: (args) => {
    const pod = wholePodInRole(args, "dpdk");
    return typeof pod === "string" ? pod : perContainer(pod, (container) => [() => mistakes(pod, container)]);
  },
});

function mistakes(pod: Pod, container: Container): Finding[] {
  if (isPrivileged(container)) return []; // runs without one, whatever is written
  const own: unknown = container.props.securityContext?.seccompProfile?.type;
  const type = own ?? pod.spec().securityContext?.seccompProfile?.type;
  if (type === "RuntimeDefault" || type === "Localhost") return [];
  const has = type === undefined ? "has no seccomp profile" : `has the seccomp profile ${type}`;
  return [
    {
      warning: `${container.where} ${has}: the whole kernel is open to it; write seccompProfile: { type: RuntimeDefault } in the pod's securityContext`,
    },
  ];
}
