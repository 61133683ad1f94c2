import { cpusDisjoint } from "./host/cpus-disjoint";
import { hostKeyPinned } from "./host/host-key-pinned";
import { hugepagesWithinMemory } from "./host/hugepages-within-memory";
import { iommuMatchesDriver } from "./host/iommu-matches-driver";
import { kernelArgumentsUnique } from "./host/kernel-arguments-unique";
import { managementNicUnbound } from "./host/management-nic-unbound";
import { hugepagesRequestIsLimit } from "./kubernetes/hugepages-request-is-limit";
import { imageByDigest } from "./kubernetes/image-by-digest";
import type { Rule } from "./rule";
import { noSecretInCommand } from "./secrets/no-secret-in-command";

/** Every rule of the pack. Take single ones into a pack of your own, or all of them with `policies/` as it is. */
export const rules: readonly Rule[] = [
  hugepagesWithinMemory,
  cpusDisjoint,
  iommuMatchesDriver,
  managementNicUnbound,
  kernelArgumentsUnique,
  hostKeyPinned,
  noSecretInCommand,
  imageByDigest,
  hugepagesRequestIsLimit,
];
