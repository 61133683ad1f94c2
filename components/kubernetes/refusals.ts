import { KubernetesError } from "./errors";

// What more than one component refuses, and in which words.

/** Throws the error of this component: what is wrong, and what to do. */
export type Refuse = (what: string, remedy: string) => never;

export function refusing(name: string): Refuse {
  return (what, remedy) => {
    throw new KubernetesError(`${name}: ${what}`, remedy);
  };
}

/** An empty selector selects everything: nodes whose NICs are the management's too. */
export function refuseOpenSelector(nodeSelector: Readonly<Record<string, string>>, refuse: Refuse): void {
  if (Object.keys(nodeSelector).length === 0)
    refuse("nodeSelector is empty, which selects every node", "name a label that only DPDK nodes have");
}

/** A tag can become another image between two pods. */
export function refuseTag(image: string, refuse: Refuse): void {
  if (!/@sha256:[0-9a-f]{64}$/.test(image))
    refuse(`image ${image} has no digest`, "write NAME@sha256:DIGEST, so that every node runs the same");
}

/** The name of a resource behind the slash: it becomes part of a variable, in which a device plugin puts addresses. */
export function refuseResourceName(key: string, resource: string, refuse: Refuse): void {
  if (!/^[A-Za-z0-9_]+$/.test(resource)) refuse(`${key} ${resource} makes no variable`, `write ${ALPHABET} alone`);
}

/** The same with its domain in front, as a pod asks for it. */
export function refuseResource(key: string, resource: string, refuse: Refuse): void {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9_]+$/.test(resource))
    refuse(
      `${key} ${resource} makes no variable`,
      `write DOMAIN/NAME with ${ALPHABET} behind the slash: device plugins put the functions' addresses into PCIDEVICE_DOMAIN_NAME`,
    );
}

const ALPHABET = "letters, digits and _";

/** Zero would be a drain that never ends. */
export function refuseUnavailable(maxUnavailable: number, refuse: Refuse): void {
  if (!Number.isInteger(maxUnavailable) || maxUnavailable < 1)
    refuse(`maxUnavailable is ${maxUnavailable}`, "write 1 or more: with 0 no node can be drained");
}
