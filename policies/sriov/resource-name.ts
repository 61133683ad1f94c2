import { type Finding, type Part, type RuleArgs, resourceRule } from "../rule";
import { configurationsOf, poolsOf } from "./device-plugin";
import { objectOf } from "./objects";

export const resourceName = resourceRule({
  name: "dpdk-resource-name",
  displayName: "Resource names can be variables",
  description: "The name of an SR-IOV resource is of letters, digits and underscores, at most 63.",
  why: "A pod learns its device from a variable of that name, PCIDEVICE_…: with a hyphen no shell can read it, and the operator's webhook refuses it.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/pkg/webhook/validate.go",
  group: "sriov",
  severity: "medium",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write underscores for hyphens, in policies, networks and what pods ask for.",
  judge: (args) => {
    const object = objectOf(args, "SriovNetworkNodePolicy", "SriovNetwork", "SriovIBNetwork", "OVSNetwork");
    if (object !== null) return [() => mistakes("spec.resourceName", object.spec().resourceName)];
    return poolParts(args) ?? "the resource names no SR-IOV resource";
  },
});

function poolParts(args: RuleArgs): Part[] | null {
  const configurations = configurationsOf(args);
  if (configurations === null) return null;
  return poolsOf(configurations).map((read) => () => {
    const pool = read();
    return mistakes(`resourceName of ${pool.where}`, pool.resourceName);
  });
}

// The webhook's pattern, and the length of a name in a qualified name of Kubernetes.
const accepted = /^[a-zA-Z0-9_]{1,63}$/;

function mistakes(where: string, name: unknown): Finding[] {
  if (name === undefined || (typeof name === "string" && accepted.test(name))) return [];
  const mended = String(name)
    .replace(/[^a-zA-Z0-9_]/g, "_")
    .slice(0, 63);
  const remedy = mended === "" ? "give it a name" : `write ${mended}`;
  return [
    `${where} is ${JSON.stringify(name)}; a pod finds its device by a variable of that name, of letters, digits and underscores (at most 63): ${remedy}`,
  ];
}
