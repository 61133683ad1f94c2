import { type Finding, type Part, type RuleArgs, resourceRule } from "../rule";
import { configurationsOf } from "./device-plugin";
import { bracketed, jsonOf } from "./network";
import { objectOf, type SriovObject } from "./objects";

export const networkJsonReadable = resourceRule({
  name: "dpdk-network-json-readable",
  displayName: "Configurations of networks are JSON",
  description: "The texts with JSON in a network, and in the device plugin's configuration, can be read.",
  why: "The API server takes any text: the device plugin stops, or each pod of the network waits to be created, for one comma.",
  source: "https://github.com/k8snetworkplumbingwg/multus-cni/blob/master/docs/configuration.md",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Mend the JSON, or write it with `JSON.stringify`.",
  judge: (args) => {
    const network = objectOf(args, "SriovNetwork", "SriovIBNetwork", "OVSNetwork", "NetworkAttachmentDefinition");
    return network === null ? (pluginParts(args) ?? "the resource holds no JSON of a network") : networkParts(network);
  },
});

function networkParts({ kind, spec }: SriovObject): Part[] {
  const names = kind === "NetworkAttachmentDefinition" ? ["config"] : ["ipam", "capabilities"];
  return [
    ...names.map((name) => () => mistakes(`spec.${name}`, spec()[name])),
    () => (kind === "NetworkAttachmentDefinition" ? [] : mistakes("spec.metaPlugins", bracketed(spec().metaPlugins))),
  ];
}

/** A ConfigMap's other texts are none of ours, but for what is plainly meant as JSON. */
function pluginParts(args: RuleArgs): Part[] | null {
  const configurations = configurationsOf(args);
  if (configurations === null) return null;
  return configurations.map((read) => () => {
    const { key, text } = read();
    return key.endsWith(".json") ? mistakes(`data["${key}"]`, text) : [];
  });
}

function mistakes(where: string, text: unknown): Finding[] {
  if (typeof text !== "string" || text.trim() === "" || jsonOf(text) !== undefined) return [];
  return [`${where} is no JSON (${problem(text)}): nothing that needs it starts; mend it`];
}

function problem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll("\n", " ") : String(error);
  }
}
