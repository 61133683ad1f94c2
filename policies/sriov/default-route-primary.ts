import { anyOf } from "../parts";
import { type Finding, resourceRule } from "../rule";
import { ipamOf, type Plugin, pluginsOf, recordOf } from "./network";
import { hasReason, objectOf, reasonKey, type SriovObject } from "./objects";

export const defaultRoutePrimary = resourceRule({
  name: "dpdk-default-route-primary",
  displayName: "The default route stays with the cluster's network",
  description: "A secondary network sets no default route in its pods.",
  why: "The pod then answers probes, DNS and the API server through the DPDK network, and is restarted as dead while it forwards.",
  source: "https://www.cni.dev/plugins/current/ipam/static/",
  group: "sriov",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps: `Write the networks that are reached there, add the \`sbr\` or \`vrf\` plugin, or say why in the annotation \`${reasonKey}\`.`,
  judge: (args) => {
    const network = objectOf(args, "SriovNetwork", "SriovIBNetwork", "OVSNetwork", "NetworkAttachmentDefinition");
    if (network === null) return "the resource is no secondary network";
    return pluginsOf(network).map((read) => () => mistakes(network, read()));
  },
});

function mistakes(network: SriovObject, plugin: Plugin): Finding[] {
  const route = defaultRouteOf(plugin);
  if (route === null || hasReason(network) || hasOwnTable(network)) return [];
  return [
    {
      warning: `${plugin.where} sets a default route (${route}) on a secondary network: probes, DNS and the API server are then answered through it; write the networks that are reached there, or add the sbr plugin`,
    },
  ];
}

function defaultRouteOf(plugin: Plugin): string | null {
  if (plugin.value("isDefaultGateway") === true) return "isDefaultGateway";
  const { routes } = ipamOf(plugin);
  const destinations = (Array.isArray(routes) ? routes : []).map((each) => String(recordOf(each)?.dst ?? ""));
  const all = destinations.find((each) => /\/0+$/.test(each.trim()));
  return all === undefined ? null : `ipam.routes ${all}`;
}

/** These plugins move the routes of the interface to a table that nothing else uses. */
function hasOwnTable(network: SriovObject): boolean {
  return anyOf(pluginsOf(network), (each) => each.value("type") === "sbr" || each.value("type") === "vrf");
}
