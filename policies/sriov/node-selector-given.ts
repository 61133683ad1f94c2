import { resourceRule } from "../rule";
import { objectOf } from "./objects";

export const nodeSelectorGiven = resourceRule({
  name: "dpdk-node-selector-given",
  displayName: "A policy selects its nodes",
  description: "A policy's nodeSelector has at least one label.",
  why: "An empty one selects every node: control planes and storage are drained and restarted for functions that nobody uses there.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/api/v1/helper.go",
  group: "sriov",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: 'Write the label of the DPDK nodes, as `feature.node.kubernetes.io/network-sriov.capable: "true"`.',
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy === null) return "the resource is no SR-IOV policy";
    if (policy.isPatch) return "a patch leaves the nodes to the policy";
    return [
      () => {
        const selector = policy.spec().nodeSelector;
        if (Object.keys(selector ?? {}).length > 0) return [];
        const what = selector === undefined ? "missing" : "empty";
        return [
          `nodeSelector is ${what}, so that every node's NICs are changed and every node is drained for it; name a label of the DPDK nodes`,
        ];
      },
    ];
  },
});
