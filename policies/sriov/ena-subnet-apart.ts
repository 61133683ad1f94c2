import type { PolicyResource } from "@pulumi/policy";
import { once, partsOf, type Settled, settle } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { networkIdOf } from "./ena";
import { objectsOf, type Placed, type Props } from "./objects";

export const enaSubnetApart = stackRule({
  name: "dpdk-ena-subnet-apart",
  displayName: "DPDK has subnets of its own",
  description: "A policy's netFilter does not name a subnet where nodes have their first interface.",
  why: "The filter takes every interface of the subnet, the first one too: bound to vfio-pci, it leaves the node without a way in.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/pkg/host/internal/sriov/sriov.go",
  group: "sriov",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Give DPDK a subnet of its own, attach second interfaces there, and name that one.",
  settings: {
    managementSubnets: {
      type: "array",
      description: "Subnets where nodes have their first interface, beside those that the stack shows.",
      items: { type: "string" },
      default: [],
    },
  },
  judge: ({ resources, getConfig }) => {
    const policies = objectsOf(resources, "SriovNetworkNodePolicy");
    if (policies.length === 0) return "the stack has no SR-IOV policy";
    const { managementSubnets = [] } = getConfig<{ managementSubnets?: string[] }>();
    const own = managementSubnets.map((id) => () => ({ id, whose: "the setting managementSubnets" }));
    const subnets = once(() => settle([...own, ...firstSubnets(resources)]));
    return policies.map((policy) => () => shared(policy, subnets));
  },
});

interface Subnet {
  readonly id: string;
  readonly whose: string;
}

function shared({ object, urn }: Placed, subnets: () => Settled<Subnet>): StackFinding[] {
  const id = networkIdOf(object.spec().nicSelector?.netFilter);
  if (id === null) return [];
  const { known, unknown } = subnets();
  const found = known.find((each) => bare(each.id) === bare(id));
  if (found !== undefined)
    return [
      {
        finding: `netFilter takes every interface of subnet ${id}, and ${found.whose} has the first interface there: the node's way in is bound too; give DPDK a subnet of its own`,
        urn,
      },
    ];
  for (const fail of unknown) fail();
  return [];
}

function bare(id: string): string {
  return id.replace(/^subnet-/, "");
}

/** Where instances, and node groups, have the interface that they are reached by. */
function firstSubnets(resources: readonly PolicyResource[]): (() => Subnet)[] {
  return resources.flatMap((resource) => {
    const read = readers[resource.type];
    if (read === undefined) return [];
    return partsOf(() => read(resource.props)).map((each) => () => ({
      id: String(each() ?? ""),
      whose: resource.name,
    }));
  });
}

const readers: Readonly<Record<string, (props: Props) => (() => unknown)[]>> = {
  "aws:ec2/instance:Instance": (props) => [() => props.subnetId],
  "aws:ec2/launchTemplate:LaunchTemplate": (props) => {
    const interfaces: Props[] = props.networkInterfaces ?? [];
    return [...interfaces.keys()].map((at) => () => {
      const one = interfaces[at];
      return Number(one?.deviceIndex ?? 0) === 0 ? one?.subnetId : undefined;
    });
  },
  "aws:eks/nodeGroup:NodeGroup": (props) => {
    const ids: string[] = props.subnetIds ?? [];
    return [...ids.keys()].map((at) => () => ids[at]);
  },
};
