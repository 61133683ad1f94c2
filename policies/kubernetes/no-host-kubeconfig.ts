import { resourceRule } from "../rule";
import { podOf } from "./pod";
import { isInfrastructure } from "./role";
import { hostPathOf, isWithin, volumesOf } from "./volumes";

export const noHostKubeconfig = resourceRule({
  name: "dpdk-no-host-kubeconfig",
  displayName: "The node's kubeconfig stays on the node",
  description:
    "A pod mounts no kubeconfig of the node: neither an administrator's nor the kubelet's, nor a folder above them.",
  why: "Whoever takes over a container that has it is the cluster's administrator, or the node, and so has every validator.",
  source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  group: "kubernetes",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Give the pod a ServiceAccount with a Role of its own, and take the volume out.",
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    return volumesOf(pod).map((read) => () => {
      const volume = read();
      const path = hostPathOf(volume);
      if (path === null) return [];
      if (administrators.some((pattern) => pattern.test(path)))
        return [mistake(volume.where, path, "an administrator's kubeconfig")];
      // A CSI driver mounts the kubelet's folder, a CNI plugin or NFD one of /etc/kubernetes.
      const isShown = showsNodes(path) && !isInfrastructure(pod);
      return isShown ? [mistake(volume.where, path, "the node's own keys to the cluster")] : [];
    });
  },
});

function mistake(where: string, path: string, what: string): string {
  return `${where} is hostPath ${path}, ${what}: who gets into the container has the cluster; use a ServiceAccount with a Role`;
}

/** As kubeadm, K3s, RKE2, K0s and kubectl write them. */
const administrators = [
  /^\/etc\/kubernetes\/((super-)?admin|controller-manager|scheduler)\.conf$/,
  /^\/(root|home\/[^/]+)\/\.kube(\/|$)/,
  /^\/etc\/rancher\/(k3s\/k3s|rke2\/rke2)\.yaml$/,
  /^\/var\/lib\/k0s\/pki\/admin\.conf$/,
];

/** With the kubelet's own: kubeadm, EKS and OpenShift keep it in one of these. */
const folders = [
  "/etc/kubernetes",
  "/root/.kube",
  "/etc/rancher",
  "/var/lib/k0s/pki",
  "/var/lib/kubelet/kubeconfig",
  "/var/lib/kubelet/pki",
];

function showsNodes(path: string): boolean {
  return folders.some((folder) => isWithin(path, folder) || isWithin(folder, path));
}
