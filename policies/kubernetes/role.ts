import { anyOf, settle } from "../parts";
import type { RuleArgs } from "../rule";
import { type Container, containersOf, hugepagesOf, networkDevicesOf, type Pod, podOf } from "./pod";
import { hostPathOf, hugepagesMediumOf, isWithin, type Volume, volumesOf } from "./volumes";

/**
 * What a pod is for. Rules about DPDK leave the others alone: a device plugin mounts /sys because it must, and a web server needs no
 * whole CPUs.
 *
 * - `dpdk`: a container of it has hugepages or a network device, or it mounts what a driver in a program needs;
 * - `infrastructure`: what brings devices, networks and storage to others. Declared, or seen by its folders or its image;
 * - `other`.
 */
export type Role = "dpdk" | "infrastructure" | "other";

/** Label or annotation of a pod, or of its workload, that says its role when it is not seen: `infrastructure`, `dpdk` or `other`. */
export const roleKey = "pantheonchain.org/dpdk-role";

/**
 * Label or annotation that says with the value `accepted`: this pod drives its NIC without an IOMMU, the NIC reaches all memory of
 * the node, and the pod may be privileged for it.
 */
export const noIommuKey = "pantheonchain.org/dpdk-noiommu";

/** Throws the SDK's error where that is not known yet. */
export function roleOf(pod: Pod): Role {
  const declared = declaredRole(pod);
  if (declared !== null) return declared;
  if (looksLikeInfrastructure(pod)) return "infrastructure";
  const isDpdk = anyOf(containersOf(pod), drivesDevices) || anyOf(volumesOf(pod), showsDevices);
  return isDpdk ? "dpdk" : "other";
}

/** Known also where it is not known yet which of the others a pod is. */
export function isInfrastructure(pod: Pod): boolean {
  const declared = declaredRole(pod);
  return declared === null ? looksLikeInfrastructure(pod) : declared === "infrastructure";
}

/** The pod that a resource makes, where it has one of these roles; else why a rule has nothing to say of it. */
export function podInRole(args: Pick<RuleArgs, "type" | "props">, ...roles: Role[]): Pod | string {
  const pod = podOf(args);
  if (pod === null) return "the resource makes no pod";
  const role = roleOf(pod);
  return roles.includes(role) ? pod : `the pod's role is ${role}`;
}

/** As `podInRole`, for what only infrastructure may. */
export function podOutsideInfrastructure(args: Pick<RuleArgs, "type" | "props">): Pod | string {
  const pod = podOf(args);
  if (pod === null) return "the resource makes no pod";
  return isInfrastructure(pod) ? "the pod's role is infrastructure" : pod;
}

/** As `podInRole`, for rules about what is missing: a patch does not say all of a pod. */
export function wholePodInRole(args: Pick<RuleArgs, "type" | "props">, ...roles: Role[]): Pod | string {
  return podOf(args)?.isPatch ? "a patch says only a part of a pod" : podInRole(args, ...roles);
}

export function acceptsNoIommu(pod: Pod): boolean {
  return markOf(pod, noIommuKey) === "accepted";
}

function declaredRole(pod: Pod): Role | null {
  const declared = markOf(pod, roleKey);
  return declared === "infrastructure" || declared === "dpdk" || declared === "other" ? declared : null;
}

/** A label or annotation of the pod, else of its workload. */
function markOf(pod: Pod, key: string): string | undefined {
  let mark: string | undefined;
  const places = [
    () => pod.metadata().labels,
    () => pod.metadata().annotations,
    () => pod.props.metadata?.labels,
    () => pod.props.metadata?.annotations,
  ];
  anyOf(places, (each: Record<string, string> | undefined) => {
    mark ??= each?.[key];
    return mark !== undefined;
  });
  return mark;
}

/**
 * Its signs are constants that somebody has written down. So an image or a path that is only known later (the stack's own build) is
 * not one of them, and need not keep the rest from being judged.
 */
function looksLikeInfrastructure(pod: Pod): boolean {
  const paths = known(volumesOf(pod), hostPathOf);
  return (
    known(containersOf(pod), imageOf).some((image) => programs.test(image)) ||
    paths.some((path) => path !== null && nodeFolders.some((folder) => isWithin(path, folder)))
  );
}

function known<From, To>(reads: readonly (() => From)[], of: (value: From) => To): To[] {
  return settle(reads.map((read) => () => of(read()))).known;
}

function imageOf({ props }: Container): string {
  return String(props.image ?? "");
}

// Where the kubelet and the CNI runtime look for plugins: https://kubernetes.io/docs/concepts/extend-kubernetes/
const nodeFolders = [
  "/var/lib/kubelet/device-plugins",
  "/var/lib/kubelet/plugins",
  "/var/lib/kubelet/plugins_registry",
  "/opt/cni/bin",
  "/etc/cni/net.d",
  "/etc/kubernetes/cni/net.d",
  "/etc/kubernetes/node-feature-discovery",
];

// Names of images as their projects publish them: device plugins, networks, forwarders, storage over SPDK, a node's own services.
const programs = new RegExp(
  `(^|/)(${[
    "sriov-network-device-plugin|sriov-device-plugin|sriov-cni|ib-sriov-cni|dra-driver-sriov|sriov-network-metrics-exporter",
    "sriov-network-(operator|config-daemon|operator-config-daemon)|network-resources-injector|multus(-cni)?|whereabouts",
    "rdma-shared-dp[\\w-]*|k8s-rdma-shared-dev-plugin|rdma-cni|node-feature-discovery|userspacecni[\\w-]*|afxdp-device-plugin",
    "cmd-forwarder-\\w+|vpp-agent|calicovpp/[\\w-]+|ovs-\\w+|ovn-kube\\w*|antrea[\\w-]*|cilium|calico/node|flannel|kube-router",
    "mayastor[\\w-]*|io-engine|longhorn-(instance-manager|manager|engine)|spdkcsi",
    "kube-proxy|kube-vip|metallb/speaker|node-exporter|virt-handler|cluster-node-tuning-operator|kured",
  ].join("|")})(:|@|$)`,
  "i",
);

function drivesDevices(container: Container): boolean {
  if (networkDevicesOf(container).length > 0) return true;
  return hugepagesOf(container).length > 0 && !known([() => container], imageOf).some((image) => ofMemory.test(image));
}

// Databases and runtimes that take hugepages for their own memory.
const ofMemory =
  /(^|\/)(postgres(ql)?|spilo[\w-]*|crunchy-postgres|timescaledb[\w-]*|mysql|mariadb|percona[\w-]*|oracle\/database|mongo(db)?|redis|elasticsearch|opensearch|cassandra|clickhouse[\w-]*|openjdk|eclipse-temurin)(:|@|$)/i;

function showsDevices(volume: Volume): boolean {
  const ofDevices = /^\/(dev\/(vfio|uio|hugepages)|mnt\/huge)/;
  return hugepagesMediumOf(volume) !== null || ofDevices.test(hostPathOf(volume) ?? "");
}
