import { partsOf } from "../parts";
import type { Props, SriovObject } from "./objects";

/** A CNI plugin's own configuration, as Multus hands it over. */
export interface Plugin {
  /** `spec.config plugins[1]`, `spec`. */
  readonly where: string;
  /** By the name that it has in the plugin's JSON: `trust`, `spoofchk`, `ipam`, `mtu`. */
  value(name: string): unknown;
}

/** Each plugin that an attachment runs; one that throws where the text that lists them is not known yet. */
export function pluginsOf(object: SriovObject): (() => Plugin)[] {
  if (object.kind === "NetworkAttachmentDefinition") return partsOf(() => configured(object.spec().config));
  return [() => ofNetwork(object), ...partsOf(() => chained(object.spec().metaPlugins))];
}

function configured(config: unknown): (() => Plugin)[] {
  const whole = recordOf(jsonOf(config));
  if (whole === null) return [];
  if (!Array.isArray(whole.plugins)) return [() => ofRecord("spec.config", whole)];
  return listed("spec.config plugins", whole.plugins);
}

/** The operator writes this text behind its own plugin: objects with commas between them, no brackets. */
function chained(text: unknown): (() => Plugin)[] {
  const found = jsonOf(bracketed(text));
  return Array.isArray(found) ? listed("spec.metaPlugins", found) : [];
}

export function bracketed(text: unknown): string {
  return `[${String(text ?? "")}]`;
}

function listed(where: string, found: readonly unknown[]): (() => Plugin)[] {
  return found.flatMap((each, at) => {
    const record = recordOf(each);
    return record === null ? [] : [() => ofRecord(`${where}[${at}]`, record)];
  });
}

function ofRecord(where: string, record: Record<string, unknown>): Plugin {
  return { where, value: (name) => record[name] };
}

// What the operator makes of a SriovNetwork (RenderNetAttDef of its api/v1/helper.go): these names differ, the others do not.
function ofNetwork({ kind, spec }: SriovObject): Plugin {
  const renamed: Readonly<Record<string, () => unknown>> = {
    type: () => (kind === "SriovNetwork" ? "sriov" : undefined),
    spoofchk: () => spec().spoofChk,
    ipam: () => jsonOf(spec().ipam),
  };
  return { where: "spec", value: (name) => (renamed[name] ?? (() => spec()[name]))() };
}

export function ipamOf(plugin: Plugin): Record<string, unknown> {
  return recordOf(plugin.value("ipam")) ?? {};
}

/** What pods ask for to get this network, without its prefix: of `intel.com/nic`, `nic`. */
export function resourceNameOf({ kind, spec, metadata }: SriovObject): string | undefined {
  const isDefinition = kind === "NetworkAttachmentDefinition";
  const found: Props[string] = isDefinition
    ? metadata().annotations?.["k8s.v1.cni.cncf.io/resourceName"]
    : spec().resourceName;
  return found === undefined ? undefined : String(found).split("/").at(-1);
}

/** Undefined where the text is no JSON: `dpdk-network-json-readable` says so, once. */
export function jsonOf(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null;
}
