import { resourceRule } from "../rule";
import { crioAnnotationsOf } from "./crio";
import { isPinned } from "./pinned";
import { type Container, containersOf, podOf } from "./pod";
import { roleOf } from "./role";

export const noExecProbes = resourceRule({
  name: "dpdk-no-exec-probes",
  displayName: "Pinned CPUs run no probes",
  description: "A container with CPUs of its own is probed over the network, and not by running a program in it.",
  why: "A probe's program runs on the CPUs that poll: packets wait while it does, and are lost when the ring is full.",
  source:
    "https://github.com/redhat-best-practices-for-k8s/certsuite/blob/main/CATALOG.md#performance-rt-apps-no-exec-probes",
  group: "kubernetes",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps: "Answer `httpGet`, `tcpSocket` or `grpc` on the pod's first network, or probe a sidecar.",
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    if (roleOf(pod) !== "dpdk" && crioAnnotationsOf(pod).length === 0) return "the pod is no DPDK pod";
    return containersOf(pod).map((read) => () => {
      const container = read();
      const probes = execProbesOf(container);
      if (probes.length === 0 || !isPinned(container, pod)) return [];
      return [
        `${container.where} has CPUs of its own and runs a program in its ${probes.join(" and ")}, on the CPUs that poll, while packets wait; use httpGet, tcpSocket or grpc`,
      ];
    });
  },
});

function execProbesOf({ props }: Container): string[] {
  return ["startupProbe", "livenessProbe", "readinessProbe"].filter((name) => props[name]?.exec !== undefined);
}
