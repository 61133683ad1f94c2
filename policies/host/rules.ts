import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { RuleText } from "../rule";
import { cpusDisjoint } from "./cpus-disjoint";
import { hostKeyPinned } from "./host-key-pinned";
import { hugepagesWithinMemory } from "./hugepages-within-memory";
import { iommuMatchesDriver } from "./iommu-matches-driver";
import { kernelArgumentsUnique } from "./kernel-arguments-unique";
import { managementNicUnbound } from "./management-nic-unbound";

export const hostRules: readonly (ResourceValidationPolicy & RuleText)[] = [
  hugepagesWithinMemory,
  cpusDisjoint,
  iommuMatchesDriver,
  managementNicUnbound,
  kernelArgumentsUnique,
  hostKeyPinned,
];
