import type { Rule } from "../rule";
import { capabilitiesOfNic } from "./capabilities-of-nic";
import { guaranteedWholeCpus } from "./guaranteed-whole-cpus";
import { hugepagesMounted } from "./hugepages-mounted";
import { hugepagesOf1gi } from "./hugepages-of-1gi";
import { hugepagesRequestIsLimit } from "./hugepages-request-is-limit";
import { hugepagesWithCpuAndMemory } from "./hugepages-with-cpu-and-memory";
import { imageByDigest } from "./image-by-digest";
import { ipcLockWithDevice } from "./ipc-lock-with-device";
import { noHostDevices } from "./no-host-devices";
import { noHostKubeconfig } from "./no-host-kubeconfig";
import { notPrivileged } from "./not-privileged";
import { seccompProfile } from "./seccomp-profile";

export const kubernetesRules: readonly Rule[] = [
  hugepagesRequestIsLimit,
  hugepagesWithCpuAndMemory,
  hugepagesMounted,
  hugepagesOf1gi,
  guaranteedWholeCpus,
  notPrivileged,
  capabilitiesOfNic,
  ipcLockWithDevice,
  noHostDevices,
  noHostKubeconfig,
  seccompProfile,
  imageByDigest,
];
