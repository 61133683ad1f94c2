import { type Part, resourceRule } from "../rule";
import { networkIdOf } from "./ena";
import { objectOf, type SriovObject } from "./objects";

export const enaOneFunction = resourceRule({
  name: "dpdk-ena-one-function",
  displayName: "An ENA interface is one function",
  description: "A policy with a netFilter of AWS has numVfs 1, and names the subnet without `subnet-`.",
  why: "An elastic network interface is one function: the node's daemon fails on more, long after the API server has taken the policy.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/pkg/platform/aws/aws.go",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Set `numVfs: 1`; for more functions attach more interfaces in the subnet.",
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy === null) return "the resource is no SR-IOV policy";
    return partsOfPolicy(policy);
  },
  // More than one never works, and an id with its prefix never matches. Changed in place: a copy would read what is not known yet.
  remedy: ({ type, props }) => {
    const policy = objectOf({ type, props }, "SriovNetworkNodePolicy");
    if (policy === null) return undefined;
    const id = networkIdOf(policy.spec().nicSelector?.netFilter);
    if (id === null) return undefined;
    const hadOne = policy.isPatch || policy.spec().numVfs === 1;
    if (hadOne && !id.startsWith("subnet-")) return undefined;
    if (!hadOne) props.spec.numVfs = 1;
    props.spec.nicSelector.netFilter = `aws/NetworkID:${id.replace(/^subnet-/, "")}`;
    return props;
  },
});

function partsOfPolicy({ spec, isPatch }: SriovObject): Part[] {
  const id = () => networkIdOf(spec().nicSelector?.netFilter);
  return [
    () => {
      const given = spec().numVfs;
      if (id() === null || given === 1 || (isPatch && given === undefined)) return [];
      return [
        `netFilter selects interfaces of AWS and numVfs is ${given ?? "missing"}; each of them is one function, and the daemon fails on any other number, so set it to 1`,
      ];
    },
    () => {
      const found = id();
      return found?.startsWith("subnet-")
        ? [
            `netFilter names ${found}; the operator leaves out the prefix, so this matches nothing: write aws/NetworkID:${found.slice("subnet-".length)}`,
          ]
        : [];
    },
  ];
}
