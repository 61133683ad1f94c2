import type { Rule } from "../rule";
import { capabilitiesInOwnNamespace } from "./capabilities-in-own-namespace";
import { capabilitiesOfNic } from "./capabilities-of-nic";
import { crioWithRuntimeClass } from "./crio-with-runtime-class";
import { disruptionBudgetPermitsEviction } from "./disruption-budget-permits-eviction";
import { guaranteedWholeCpus } from "./guaranteed-whole-cpus";
import { hugepagesMounted } from "./hugepages-mounted";
import { hugepagesOf1gi } from "./hugepages-of-1gi";
import { hugepagesRequestIsLimit } from "./hugepages-request-is-limit";
import { hugepagesWithCpuAndMemory } from "./hugepages-with-cpu-and-memory";
import { imageByDigest } from "./image-by-digest";
import { ipcLockWithDevice } from "./ipc-lock-with-device";
import { networkExists } from "./network-exists";
import { networkPolicyCoversNetworks } from "./network-policy-covers-networks";
import { networksMatchDevices } from "./networks-match-devices";
import { noBarePod } from "./no-bare-pod";
import { noExecProbes } from "./no-exec-probes";
import { noHostDevices } from "./no-host-devices";
import { noHostKubeconfig } from "./no-host-kubeconfig";
import { notPrivileged } from "./not-privileged";
import { rolloutWithoutSurge } from "./rollout-without-surge";
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
  networksMatchDevices,
  networkExists,
  noExecProbes,
  crioWithRuntimeClass,
  noBarePod,
  rolloutWithoutSurge,
  disruptionBudgetPermitsEviction,
  capabilitiesInOwnNamespace,
  networkPolicyCoversNetworks,
];
