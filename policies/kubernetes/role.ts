import { thoseThat } from "../parts";
import { type Container, containersOf, hugepagesOf, networkDevicesOf, type Pod } from "./pod";

/**
 * What a pod is for. Rules about DPDK leave the others alone: a device plugin mounts /sys because it must, and a web server needs no
 * whole CPUs.
 *
 * - `dpdk`: a container of it has hugepages, or a network device;
 * - `infrastructure`: what brings devices, networks and storage to others. Declared, or one of the programs below;
 * - `other`.
 */
export type Role = "dpdk" | "infrastructure" | "other";

/** Label or annotation of a pod, or of its workload, that says its role when it is not seen: `infrastructure`, `dpdk` or `other`. */
export const roleKey = "pantheonchain.org/dpdk-role";

/** Throws the SDK's error where that is not known yet. */
export function roleOf(pod: Pod): Role {
  const declared = declaredRole(pod);
  if (declared !== null) return declared;
  const containers = containersOf(pod);
  if (containers.some(isInfrastructure)) return "infrastructure";
  const isDpdk = (one: Container) => hugepagesOf(one).length > 0 || networkDevicesOf(one).length > 0;
  return thoseThat(containers, isDpdk).length > 0 ? "dpdk" : "other";
}

function declaredRole(pod: Pod): Role | null {
  const own = pod.metadata();
  const whole = pod.props.metadata ?? {};
  const said = [own.labels, own.annotations, whole.labels, whole.annotations].map((each) => each?.[roleKey]);
  const role = said.find((each) => each !== undefined);
  return role === "infrastructure" || role === "dpdk" || role === "other" ? role : null;
}

// Names of images as their projects publish them: device plugins, networks, forwarders, storage over SPDK.
const programs =
  /(^|\/)(sriov-network-device-plugin|sriov-device-plugin|sriov-cni|sriov-network-(operator|config-daemon|operator-config-daemon)|network-resources-injector|multus(-cni)?|rdma-shared-dp\w*|k8s-rdma-shared-dev-plugin|ib-sriov-cni|node-feature-discovery|cmd-forwarder-\w+|vpp-agent|calicovpp\/[\w-]+|ovs-\w+|ovn-kube\w*|antrea[\w-]*|cilium|mayastor[\w-]*|io-engine|longhorn-(instance-manager|manager|engine)|spdkcsi|userspacecni[\w-]*)(:|@|$)/i;

/** An image that a preview does not know yet is one that the program builds, and none of those. */
function isInfrastructure(read: () => Container): boolean {
  try {
    return programs.test(String(read().props.image ?? ""));
  } catch {
    return false;
  }
}
