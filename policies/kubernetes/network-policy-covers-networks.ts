import type { PolicyResource } from "@pulumi/policy";
import { thoseThat } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { type NetworkName, networkNames, networksOf } from "./networks";
import { selects } from "./selector";
import { mayShareNamespace, podsOf, type StackPod, saidNamespace } from "./stack-pods";

export const networkPolicyCoversNetworks = stackRule({
  name: "dpdk-network-policy-covers-networks",
  displayName: "A NetworkPolicy is not taken for more than it does",
  description: "Pods that a NetworkPolicy selects have no secondary network that no MultiNetworkPolicy is for.",
  why: "A NetworkPolicy acts on the pod's first network only: what comes over a virtual function reaches the node unfiltered.",
  source: "https://github.com/k8snetworkplumbingwg/multi-networkpolicy",
  group: "kubernetes",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps:
    "Filter on the switch, by the network's VLAN or in the node itself; a MultiNetworkPolicy helps where its enforcer sees the device.",
  judge: ({ resources }) => {
    const policies = resources.filter(({ type }) => /^kubernetes:networking\.k8s\.io\/v1:NetworkPolicy$/.test(type));
    if (policies.length === 0) return "the stack has no NetworkPolicy";
    const pods = podsOf(resources);
    const multi = resources.filter(({ type }) => /^kubernetes:k8s\.cni\.cncf\.io\/\w+:MultiNetworkPolicy$/.test(type));
    return policies.flatMap((policy) =>
      pods.map((one) => (): StackFinding[] => {
        if (!isFor(policy, one)) return [];
        const left = (networksOf(one.pod) ?? []).filter((network) => !isCovered(network, one, multi));
        return left.length === 0 ? [] : [{ finding: { warning: told(one, left) }, urn: policy.urn }];
      }),
    );
  },
});

function isFor({ props }: PolicyResource, { pod }: StackPod): boolean {
  return (
    mayShareNamespace(saidNamespace(props), saidNamespace(pod.props)) &&
    selects(props.spec?.podSelector, pod.metadata().labels)
  );
}

function isCovered({ name }: NetworkName, one: StackPod, multi: readonly PolicyResource[]): boolean {
  const isMeant = (policy: PolicyResource) => {
    const networks: unknown = policy.props.metadata?.annotations?.["k8s.v1.cni.cncf.io/policy-for"] ?? "";
    return isFor(policy, one) && (networkNames(String(networks)) ?? []).some((network) => network.name === name);
  };
  return (
    thoseThat(
      multi.map((policy) => () => policy),
      isMeant,
    ).length > 0
  );
}

function told({ title }: StackPod, left: NetworkName[]): string {
  const names = left.map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`)).join(", ");
  return `the policy selects ${title}, and is not applied to its network ${names}: what comes over it reaches the pod unfiltered; filter on the switch, by VLAN or in the node`;
}
