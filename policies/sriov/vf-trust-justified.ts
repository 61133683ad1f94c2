import { type Finding, resourceRule } from "../rule";
import { type Plugin, pluginsOf } from "./network";
import { hasReason, objectOf, reasonKey, type SriovObject } from "./objects";

export const vfTrustJustified = resourceRule({
  name: "dpdk-vf-trust-justified",
  displayName: "Trust of a virtual function has a reason",
  description: `A network with trust on, or spoofChk off, says why in the annotation ${reasonKey}.`,
  why: "A trusted function may set any address and hear all of the NIC's traffic: one pod then speaks for another validator on the node.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-cni/blob/master/docs/configuration-reference.md",
  group: "sriov",
  severity: "medium",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps: `Leave both as they are by default, or say why in the annotation \`${reasonKey}\` (a bond, a router, MAC addresses of the program's own).`,
  judge: (args) => {
    const network = objectOf(args, "SriovNetwork", "NetworkAttachmentDefinition");
    if (network === null) return "the resource is no network of SR-IOV";
    return pluginsOf(network).flatMap((read) => [
      () => mistakes(network, read(), "trust", isOn),
      () => mistakes(network, read(), "spoofchk", isOff),
    ]);
  },
});

// `on` and `off` are booleans to a reader of YAML 1.1.
const isOn = (value: unknown) => value === "on" || value === true;
const isOff = (value: unknown) => value === "off" || value === false;

function mistakes(network: SriovObject, plugin: Plugin, name: string, isLoose: (value: unknown) => boolean): Finding[] {
  if (plugin.value("type") !== "sriov" || !isLoose(plugin.value(name)) || hasReason(network)) return [];
  const set = name === "trust" ? "trust is on" : "spoofChk is off";
  return [
    {
      warning: `${set} in ${plugin.where}: the pod may send as any other, and hear what is not its own; leave it out, or say why in the annotation ${reasonKey}`,
    },
  ];
}
