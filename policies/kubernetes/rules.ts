import type { Rule } from "../rule";
import { capabilitiesInOwnNamespace } from "./capabilities-in-own-namespace";
import { crioWithRuntimeClass } from "./crio-with-runtime-class";
import { disruptionBudgetPermitsEviction } from "./disruption-budget-permits-eviction";
import { hugepagesRequestIsLimit } from "./hugepages-request-is-limit";
import { imageByDigest } from "./image-by-digest";
import { networkExists } from "./network-exists";
import { networkPolicyCoversNetworks } from "./network-policy-covers-networks";
import { networksMatchDevices } from "./networks-match-devices";
import { noBarePod } from "./no-bare-pod";
import { noExecProbes } from "./no-exec-probes";
import { rolloutWithoutSurge } from "./rollout-without-surge";

export const kubernetesRules: readonly Rule[] = [
  hugepagesRequestIsLimit,
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
