import type { ResourceValidationPolicy } from "@pulumi/policy";
import { cpusDisjoint } from "./host/cpus-disjoint";
import { hostKeyPinned } from "./host/host-key-pinned";
import { hugepagesWithinMemory } from "./host/hugepages-within-memory";
import { iommuMatchesDriver } from "./host/iommu-matches-driver";
import { kernelArgumentsUnique } from "./host/kernel-arguments-unique";
import { managementNicUnbound } from "./host/management-nic-unbound";
import { imageByDigest } from "./images/image-by-digest";
import { noSecretInCommand } from "./secrets/no-secret-in-command";

/** Every rule of the pack. Take single ones into a pack of your own, or all of them with `policies/` as it is. */
export const rules: readonly ResourceValidationPolicy[] = [
  hugepagesWithinMemory,
  cpusDisjoint,
  iommuMatchesDriver,
  managementNicUnbound,
  kernelArgumentsUnique,
  hostKeyPinned,
  noSecretInCommand,
  imageByDigest,
];
