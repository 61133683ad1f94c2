import type { PolicyResource } from "@pulumi/policy";
import { networkNamed, networksOf, networksOfStack, type StackNetwork } from "../kubernetes/networks";
import { containersOf, networkDevicesOf, type Pod, podOf } from "../kubernetes/pod";
import { partsOf } from "../parts";
import { clusterOf } from "./objects";

/** A pod that takes a device, by asking for it or by naming a network that stands for it. */
export interface Taker {
  /** `Deployment validator`. */
  readonly who: string;
  readonly cluster: string;
  readonly resourceName: string;
}

/** The pods of a stack that take devices; one that throws where what a pod takes is not known yet. */
export function takersOf(resources: readonly PolicyResource[]): (() => Taker)[] {
  return [...new Set(resources.map(clusterOf))].flatMap((cluster) => {
    const own = resources.filter((one) => clusterOf(one) === cluster);
    const networks = networksOfStack(own);
    return own.flatMap((resource) => {
      const pod = podOf(resource);
      if (pod === null) return [];
      const who = `${pod.kind} ${resource.name}`;
      return takenBy(pod, networks).map((read) => () => ({ who, cluster, resourceName: withoutPrefix(read()) }));
    });
  });
}

function takenBy(pod: Pod, networks: (() => StackNetwork)[]): (() => string)[] {
  const asked = containersOf(pod).flatMap((read) => partsOf(() => networkDevicesOf(read()).map((name) => () => name)));
  const named = partsOf(() =>
    (networksOf(pod) ?? []).map((name) => () => networkNamed(name, pod, networks)?.resource() ?? ""),
  );
  return [...asked, ...named];
}

const withoutPrefix = (name: string): string => name.split("/").at(-1) ?? name;

/** Whether the stack makes virtual machines, to which a whole function is handed. */
export function hasVirtualMachines(resources: readonly PolicyResource[]): boolean {
  return resources.some(({ type }) => /:kubevirt\.io\/v\w+:VirtualMachine\w*$/.test(type));
}
