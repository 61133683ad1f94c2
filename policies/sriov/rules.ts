import type { Rule } from "../rule";
import { defaultRoutePrimary } from "./default-route-primary";
import { drainLimited } from "./drain-limited";
import { enaOneFunction } from "./ena-one-function";
import { enaSubnetApart } from "./ena-subnet-apart";
import { mellanoxNetdevice } from "./mellanox-netdevice";
import { mtuExplicit } from "./mtu-explicit";
import { networkJsonReadable } from "./network-json-readable";
import { nicSelectorPinned } from "./nic-selector-pinned";
import { nodeSelectorGiven } from "./node-selector-given";
import { physicalFunctionKept } from "./physical-function-kept";
import { policyNameUnique } from "./policy-name-unique";
import { priorityExplicit } from "./priority-explicit";
import { resourceName } from "./resource-name";
import { vfRangeFits } from "./vf-range-fits";
import { vfRangesDisjoint } from "./vf-ranges-disjoint";
import { vfTrustJustified } from "./vf-trust-justified";
import { vfioNoDhcp } from "./vfio-no-dhcp";

export const sriovRules: readonly Rule[] = [
  physicalFunctionKept,
  mellanoxNetdevice,
  enaOneFunction,
  enaSubnetApart,
  nicSelectorPinned,
  nodeSelectorGiven,
  resourceName,
  priorityExplicit,
  policyNameUnique,
  vfRangeFits,
  vfRangesDisjoint,
  vfioNoDhcp,
  vfTrustJustified,
  mtuExplicit,
  defaultRoutePrimary,
  drainLimited,
  networkJsonReadable,
];
