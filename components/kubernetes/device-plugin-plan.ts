import type * as pulumi from "@pulumi/pulumi";
import { PCI_ADDRESS } from "../host/nics";
import { type Refuse, refuseOpenSelector, refuseResourceName, refuseTag, refusing } from "./refusals";

/** Functions that a device plugin offers as one resource. */
export interface DevicePool {
  /** Behind the prefix. Letters, digits and _. Example: `data_plane`. */
  readonly resource: string;
  /** PCI addresses of functions that are on vfio-pci already. One list for all nodes that `nodeSelector` has. */
  readonly addresses: readonly string[];
}

export interface DevicePluginPoolArgs {
  /** The plugin's image with its digest. */
  readonly image: pulumi.Input<string>;
  /** Labels of the nodes; at least one. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly pools: readonly DevicePool[];
  /** In front of each resource's name. Default `pantheonchain.org`. */
  readonly prefix?: string;
  /** Namespace, which must admit privileged pods: the plugin speaks with the kubelet through a folder of the node. Default `kube-system`. */
  readonly namespace?: string;
}

/**
 * The plugin's configuration: functions by their addresses, on vfio-pci, and of no physical function. Pure.
 *
 * @throws KubernetesError where a function is offered twice, or a resource's name makes no variable.
 */
export function pluginConfig(name: string, args: DevicePluginPoolArgs): string {
  refusePools(name, args);
  const resourceList = args.pools.map(({ resource, addresses }) => ({
    resourceName: resource,
    resourcePrefix: args.prefix ?? "pantheonchain.org",
    // One map: lists of them came with release 3.6.
    selectors: { drivers: ["vfio-pci"], pciAddresses: [...addresses] },
  }));
  return `${JSON.stringify({ resourceList }, undefined, 1)}\n`;
}

/** What a pod asks for. */
export function resourcesOf({ pools, prefix = "pantheonchain.org" }: DevicePluginPoolArgs): string[] {
  return pools.map(({ resource }) => `${prefix}/${resource}`);
}

function refusePools(name: string, { image, nodeSelector, pools }: DevicePluginPoolArgs): void {
  const refuse: Refuse = refusing(name);
  if (typeof image === "string") refuseTag(image, refuse);
  refuseOpenSelector(nodeSelector, refuse);
  if (pools.length === 0) refuse("pools is empty", "name one at least");
  const seen = new Map<string, string>();
  for (const { resource, addresses } of pools) {
    refuseResourceName("resource", resource, refuse);
    if (addresses.length === 0) refuse(`${resource} has no addresses`, "name the functions, or leave the pool out");
    for (const address of addresses) {
      if (!PCI_ADDRESS.test(address))
        refuse(`${resource} has the address ${address}`, "write it with its domain, lowercase, such as 0000:3b:02.0");
      const owner = seen.get(address);
      if (owner !== undefined) refuse(`${address} is of ${owner} and of ${resource}`, "a function is of one pool");
      seen.set(address, resource);
    }
  }
}
