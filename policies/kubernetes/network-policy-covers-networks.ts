import type { PolicyResource } from "@pulumi/policy";
import { anyOf, once } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { type NetworkName, networkNames, networksOf } from "./networks";
import { podsOf, type StackPod, scopeOf } from "./stack-pods";

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
    const pods = podsOf(resources).map((one) => ({ ...one, networks: once(() => networksOf(one.pod) ?? []) }));
    const multi = resources.filter(({ type }) => /^kubernetes:k8s\.cni\.cncf\.io\/\w+:MultiNetworkPolicy$/.test(type));
    const covers = multi.map(coverOf);
    return policies.flatMap((policy) => {
      const isFor = isForOf(policy);
      return pods.map((one) => (): StackFinding[] => {
        if (!isFor(one)) return [];
        const left = one.networks().filter((network) => !isCovered(network, one, covers));
        return left.length === 0 ? [] : [{ finding: { warning: told(one, left) }, urn: policy.urn }];
      });
    });
  },
});

/** Which pods a policy is for. */
const isForOf = ({ props }: PolicyResource) => scopeOf(props, () => props.spec?.podSelector);

/** What a MultiNetworkPolicy filters. */
interface Cover {
  networks(): readonly NetworkName[];
  isFor(one: StackPod): boolean;
}

function coverOf(policy: PolicyResource): Cover {
  const said = () => String(policy.props.metadata?.annotations?.["k8s.v1.cni.cncf.io/policy-for"] ?? "");
  return { networks: once(() => networkNames(said()) ?? []), isFor: isForOf(policy) };
}

function isCovered({ name }: NetworkName, one: StackPod, covers: readonly Cover[]): boolean {
  const reads = covers.map((cover) => () => ({ networks: cover.networks(), isFor: cover.isFor }));
  return anyOf(reads, (cover) => cover.isFor(one) && cover.networks.some((network) => network.name === name));
}

function told({ title }: StackPod, left: NetworkName[]): string {
  const names = left.map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`)).join(", ");
  return `the policy selects ${title}, and is not applied to its network ${names}: what comes over it reaches the pod unfiltered; filter on the switch, by VLAN or in the node`;
}
