import { resourceRule } from "../rule";
import { podInRole } from "./role";

export const noBarePod = resourceRule({
  name: "dpdk-no-bare-pod",
  displayName: "A DPDK pod has a controller",
  description: "A pod with devices or hugepages is made by a Deployment, StatefulSet, DaemonSet or Job.",
  why: "After a reboot the kubelet may refuse the pod, since its devices are not there yet; nobody makes a new one of a bare pod.",
  source: "https://github.com/kubernetes/kubernetes/issues/125579",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Make it by a StatefulSet or Deployment with `replicas: 1`, and a test that ends by a Job.",
  judge: (args) => {
    const pod = podInRole(args, "dpdk");
    if (typeof pod === "string") return pod;
    if (pod.kind !== "Pod") return "a controller makes the pod";
    if (pod.isPatch) return "a patch makes no pod";
    return [
      () => {
        const owners: unknown[] = pod.metadata().ownerReferences ?? [];
        if (owners.length > 0) return [];
        return [
          "kind is Pod: when the node reboots before its devices are back, UnexpectedAdmissionError ends this pod and nobody makes a new one; make it by a StatefulSet, Deployment or Job",
        ];
      },
    ];
  },
});
