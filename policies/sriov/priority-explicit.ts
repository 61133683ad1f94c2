import { resourceRule } from "../rule";
import { objectOf } from "./objects";

export const priorityExplicit = resourceRule({
  name: "dpdk-priority-explicit",
  displayName: "A policy has a priority",
  description: "A policy says its priority, from 0, the highest, to 99.",
  why: "Without one it is 99, the lowest, where the operator's webhook is on, and 0, the highest, where it is off: which of two policies makes a NIC's functions depends on the cluster.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/issues/194",
  group: "sriov",
  severity: "low",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps: "Write `priority`, 0 to 99; the lower number wins.",
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy === null) return "the resource is no SR-IOV policy";
    if (policy.isPatch) return "a patch leaves the priority to the policy";
    return [
      () =>
        policy.spec().priority === undefined
          ? [
              {
                warning:
                  "priority is missing: the webhook makes it 99 (lowest), without the webhook it is 0 (highest); write one, the lower number wins",
              },
            ]
          : [],
    ];
  },
});
