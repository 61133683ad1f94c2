import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import type { RuleArgs } from "../rule";

export type Props = RuleArgs["props"];

export type Kind =
  | "SriovNetworkNodePolicy"
  | "SriovNetwork"
  | "SriovIBNetwork"
  | "OVSNetwork"
  | "SriovNetworkPoolConfig"
  | "SriovOperatorConfig"
  | "NetworkAttachmentDefinition";

/** A custom resource of the SR-IOV operator, or of Multus. Values may be unknown: reading them throws. */
export interface SriovObject {
  readonly kind: Kind;
  /** It changes some fields of an object that is made elsewhere: what it does not say may be there all the same. */
  readonly isPatch: boolean;
  metadata(): Props;
  spec(): Props;
}

/** Null where the resource is none of these kinds. */
export function objectOf({ type, props }: Pick<RuleArgs, "type" | "props">, ...kinds: Kind[]): SriovObject | null {
  const found = /:(?:sriovnetwork\.openshift\.io|k8s\.cni\.cncf\.io)\/v\w+:(\w+?)(Patch)?$/.exec(type);
  const kind = kinds.find((each) => each === found?.[1]);
  if (kind === undefined) return null;
  return {
    kind,
    isPatch: found?.[2] !== undefined,
    metadata: once((): Props => props.metadata ?? {}),
    spec: once((): Props => props.spec ?? {}),
  };
}

/** An object of a stack. Two providers are taken for two clusters. */
export interface Placed {
  readonly urn: string;
  readonly cluster: string;
  readonly object: SriovObject;
}

export function objectsOf(resources: readonly PolicyResource[], ...kinds: Kind[]): Placed[] {
  return resources.flatMap((resource) => {
    const object = objectOf(resource, ...kinds);
    return object === null ? [] : [{ urn: resource.urn, cluster: clusterOf(resource), object }];
  });
}

export function clusterOf({ provider }: PolicyResource): string {
  return provider?.urn ?? "";
}

/** `policy-a`, or the kind where the object's name is left to Pulumi. */
export function nameOf({ kind, metadata }: SriovObject): string {
  return String(metadata().name ?? `a ${kind}`);
}

export function namespaceOf({ metadata }: SriovObject): string {
  return String(metadata().namespace ?? "default");
}

/** Annotation by which an object's owner says why something unusual is right for it. */
export const reasonKey = "pantheonchain.org/dpdk-reason";

export function hasReason({ metadata }: SriovObject): boolean {
  return String(metadata().annotations?.[reasonKey] ?? "").trim() !== "";
}
