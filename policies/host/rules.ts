import type { Rule } from "../rule";
import { addressUnique } from "./address-unique";
import { cpusDisjoint } from "./cpus-disjoint";
import { hostKeyPinned } from "./host-key-pinned";
import { hostKeyUnique } from "./host-key-unique";
import { hugepagesWithinMemory } from "./hugepages-within-memory";
import { igbUioWriteCombining } from "./igb-uio-write-combining";
import { iommuMatchesDriver } from "./iommu-matches-driver";
import { kernelArgumentsOfThisCpu } from "./kernel-arguments-of-this-cpu";
import { kernelArgumentsUnique } from "./kernel-arguments-unique";
import { managementNicUnbound } from "./management-nic-unbound";
import { noIommuOptIn } from "./no-iommu-opt-in";

export const hostRules: readonly Rule[] = [
  hugepagesWithinMemory,
  cpusDisjoint,
  iommuMatchesDriver,
  managementNicUnbound,
  kernelArgumentsUnique,
  kernelArgumentsOfThisCpu,
  noIommuOptIn,
  igbUioWriteCombining,
  hostKeyPinned,
  hostKeyUnique,
  addressUnique,
];
