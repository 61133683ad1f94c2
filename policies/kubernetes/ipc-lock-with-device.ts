import { anyOf } from "../parts";
import { resourceRule } from "../rule";
import { drivesNic } from "./nic";
import { type Container, networkDevicesOf, perContainer } from "./pod";
import { wholePodInRole } from "./role";
import { capabilitiesOf, isPrivileged } from "./security-context";

export const ipcLockWithDevice = resourceRule({
  name: "dpdk-ipc-lock-with-device",
  displayName: "Who drives a NIC may lock memory",
  description: "A container with a device of vfio-pci or mlx5 has the capability IPC_LOCK.",
  why: "The NIC writes to memory that must stay in place: mapping it for vfio, or registering it with mlx5, fails and no port opens.",
  source: "https://doc.dpdk.org/guides/linux_gsg/enable_func.html",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Write `securityContext: { capabilities: { add: [IPC_LOCK] } }` in the container that has the device.",
  judge: (args) => {
    const pod = wholePodInRole(args, "dpdk", "infrastructure");
    if (typeof pod === "string") return pod;
    return perContainer(pod, (container) => (drivesNic(container) ? [() => mistakes(container)] : []));
  },
});

function mistakes(container: Container): string[] {
  const locks = () => anyOf(capabilitiesOf(container, "add"), (name) => name === "IPC_LOCK" || name === "ALL");
  if (isPrivileged(container) || locks()) return [];
  const device = networkDevicesOf(container)[0];
  return [
    `${container.where} has ${device} and not the capability IPC_LOCK, so it cannot pin the memory that the NIC writes to; add it under capabilities.add`,
  ];
}
