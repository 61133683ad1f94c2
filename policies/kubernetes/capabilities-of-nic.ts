import { anyOf } from "../parts";
import { type Part, resourceRule } from "../rule";
import { type Nic, nicOf } from "./nic";
import { type Container, type Pod, perContainer } from "./pod";
import { acceptsNoIommu, podOutsideInfrastructure, roleOf } from "./role";
import { capabilitiesOf, isPrivileged } from "./security-context";

/** What a pack for web servers refuses (IPC_LOCK, NET_RAW) a DPDK container needs, and depending on its NIC. */
export const capabilitiesOfNic = resourceRule({
  name: "dpdk-capabilities-of-nic",
  displayName: "Capabilities are those of the NIC",
  description:
    "A container drops all capabilities and adds those that its NIC needs; never ALL, SYS_ADMIN or SYS_MODULE.",
  why: "With one of these a container is root of the node, so a packet that takes over the data plane takes over the validator.",
  source: "https://doc.dpdk.org/guides/linux_gsg/enable_func.html and https://doc.dpdk.org/guides/platform/mlx5.html",
  group: "kubernetes",
  severity: "critical",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Write `capabilities: { drop: [ALL], add: [IPC_LOCK] }`, and NET_RAW beside IPC_LOCK for a Mellanox NIC.",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "Capabilities that a DPDK container may have beside those of its NIC: NET_ADMIN for a program that makes TAPs.",
    },
  },
  judge: (args) => {
    const pod = podOutsideInfrastructure(args);
    if (typeof pod === "string") return pod;
    const { allowed = [] } = args.getConfig<{ allowed?: string[] }>();
    return perContainer(pod, (container) => [
      privilegedPart(pod, container),
      ...addedParts(pod, container, allowed),
      ...(pod.isPatch ? [] : [dropPart(pod, container), rawPart(pod, container)]),
    ]);
  },
});

const wholeNode = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE"]);

/** To open a group of vfio without IOMMU, and to read physical addresses (DPDK, linux_gsg/enable_func). */
const withoutIommu = new Set(["SYS_RAWIO", "SYS_ADMIN", "DAC_READ_SEARCH"]);

/** IPC_LOCK pins memory, SYS_RESOURCE raises its limit, SYS_NICE places it on a NUMA node, NET_BIND_SERVICE opens ports below 1024. */
const ofAll = ["IPC_LOCK", "SYS_RESOURCE", "SYS_NICE", "NET_BIND_SERVICE"];

/** mlx5 makes its queues and sets its port through the kernel (DPDK, platform/mlx5); AF_XDP loads a program into it (nics/af_xdp). */
const ofNic: Readonly<Record<Nic, readonly string[]>> = {
  mlx: [...ofAll, "NET_RAW", "NET_ADMIN"],
  vfio: ofAll,
  untold: [...ofAll, "NET_RAW", "NET_ADMIN", "BPF"],
};

function privilegedPart(pod: Pod, container: Container): Part {
  return () => {
    if (!isPrivileged(container) || acceptsNoIommu(pod)) return [];
    return [`${container.where} is privileged, which is every capability; take it out and add IPC_LOCK`];
  };
}

function addedParts(pod: Pod, container: Container, allowed: readonly string[]): Part[] {
  return capabilitiesOf(container, "add").map((read) => () => {
    const capability = read();
    if (withoutIommu.has(capability) && acceptsNoIommu(pod)) return [];
    if (wholeNode.has(capability))
      return [`${container.where} adds ${capability}, which makes it root of the node; drop ALL and add IPC_LOCK`];
    const nic = nicOf(container);
    if (roleOf(pod) !== "dpdk" || [...ofNic[nic], ...allowed].includes(capability)) return [];
    return [{ warning: `${container.where} adds ${capability}, which ${drivers[nic]} does not need; take it out` }];
  });
}

const drivers: Readonly<Record<Nic, string>> = { mlx: "mlx5", vfio: "a NIC of vfio-pci", untold: "DPDK" };

function dropPart(pod: Pod, container: Container): Part {
  return () => {
    if (
      roleOf(pod) !== "dpdk" ||
      isPrivileged(container) ||
      anyOf(capabilitiesOf(container, "drop"), (name) => name === "ALL")
    )
      return [];
    return [
      { warning: `${container.where} keeps the runtime's default capabilities; add ALL under capabilities.drop` },
    ];
  };
}

/** Without a drop, runtimes but CRI-O give NET_RAW by themselves. */
function rawPart(pod: Pod, container: Container): Part {
  return () => {
    const has = (list: "add" | "drop", ...names: string[]) =>
      anyOf(capabilitiesOf(container, list), (name) => names.includes(name));
    if (
      roleOf(pod) !== "dpdk" ||
      nicOf(container) !== "mlx" ||
      isPrivileged(container) ||
      !has("drop", "ALL", "NET_RAW")
    )
      return [];
    if (has("add", "NET_RAW", "ALL")) return [];
    return [{ warning: `${container.where} drops NET_RAW, without which mlx5 makes no queue; add NET_RAW` }];
  };
}
