import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import { configurationsOf, type Pool, poolsOf, userspaceDrivers } from "./device-plugin";
import { clusterOf, nameOf, objectsOf, type Placed } from "./objects";

/** A resource that nodes offer to pods, by a policy of the operator or a pool of the device plugin. Reading unknown values throws. */
export interface Offer {
  readonly urn: string;
  readonly cluster: string;
  /** `policy-a`, `config.json resourceList[0] (nic)`. */
  where(): string;
  resourceName(): string;
  /** The devices are handed to a program, and have no interface of the kernel. */
  isUserspace(): boolean;
  vendors(): readonly string[];
  devices(): readonly string[];
  /** The policy that makes it; null for a pool of the device plugin. */
  readonly policy: Placed | null;
}

export function offersOf(resources: readonly PolicyResource[]): (() => Offer)[] {
  return [...policies(resources), ...pools(resources)];
}

function policies(resources: readonly PolicyResource[]): (() => Offer)[] {
  return objectsOf(resources, "SriovNetworkNodePolicy").map((placed) =>
    once(() => {
      const { object, urn, cluster } = placed;
      const selected = (name: string) => [object.spec().nicSelector?.[name]].flatMap((each) => each ?? []).map(String);
      return {
        urn,
        cluster,
        where: once(() => nameOf(object)),
        resourceName: once(() => String(object.spec().resourceName ?? "")),
        isUserspace: once(() => object.spec().deviceType === "vfio-pci"),
        vendors: () => selected("vendor"),
        devices: () => selected("deviceID"),
        policy: placed,
      };
    }),
  );
}

function pools(resources: readonly PolicyResource[]): (() => Offer)[] {
  return resources.flatMap((resource) =>
    poolsOf(configurationsOf(resource) ?? []).map((read) => once(() => ofPool(read(), resource))),
  );
}

function ofPool(pool: Pool, resource: PolicyResource): Offer {
  const of = (name: string) => pool.selectors.flatMap((each) => each[name] ?? []);
  const drivers = of("drivers");
  return {
    urn: resource.urn,
    cluster: clusterOf(resource),
    where: () => pool.where,
    resourceName: () => pool.resourceName,
    isUserspace: () => drivers.length > 0 && drivers.every((each) => userspaceDrivers.includes(each)),
    vendors: () => of("vendors"),
    devices: () => of("devices"),
    policy: null,
  };
}
