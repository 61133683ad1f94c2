import type { PolicyResource } from "@pulumi/policy";
import { containersOf, networkDevicesOf, type Pod, podOf } from "../kubernetes/pod";
import { partsOf } from "../parts";
import { jsonOf, recordOf, resourceNameOf } from "./network";
import { clusterOf, namespaceOf, objectsOf, type Placed } from "./objects";

/** A pod that takes a device, by asking for it or by naming a network that stands for it. */
export interface Taker {
  /** `Deployment validator`. */
  readonly who: string;
  readonly cluster: string;
  readonly resourceName: string;
}

/** The pods of a stack that take devices; one that throws where what a pod takes is not known yet. */
export function takersOf(resources: readonly PolicyResource[]): (() => Taker)[] {
  const networks = objectsOf(resources, "SriovNetwork", "NetworkAttachmentDefinition");
  return resources.flatMap((resource) => {
    const pod = podOf(resource);
    if (pod === null) return [];
    const cluster = clusterOf(resource);
    const who = `${pod.kind} ${resource.name}`;
    return takenBy(pod, networks, cluster).map((read) => () => ({ who, cluster, resourceName: read() }));
  });
}

function takenBy(pod: Pod, networks: readonly Placed[], cluster: string): (() => string)[] {
  const asked = containersOf(pod).flatMap((read) =>
    partsOf(() => networkDevicesOf(read()).map((name) => () => name.split("/").at(-1) ?? name)),
  );
  const named = partsOf(() => {
    const references = networksNamedBy(pod);
    return references.flatMap((reference) => networks.filter((one) => one.cluster === cluster && isOf(one, reference)));
  });
  return [
    ...asked,
    ...named.map((found) => () => (typeof found === "function" ? found() : (resourceNameOf(found.object) ?? ""))),
  ];
}

interface Reference {
  readonly namespace: string;
  readonly name: string;
}

/** The annotation of Multus: `[NAMESPACE/]NAME[@INTERFACE]` with commas, or the same as a list in JSON. */
function networksNamedBy(pod: Pod): Reference[] {
  const text = String(pod.metadata().annotations?.["k8s.v1.cni.cncf.io/networks"] ?? "");
  const list = jsonOf(text);
  if (Array.isArray(list))
    return list.map(recordOf).map((each) => ({
      namespace: String(each?.namespace ?? pod.namespace()),
      name: String(each?.name ?? ""),
    }));
  return text.split(",").map((each) => {
    const [name = "", namespace] = (each.trim().split("@")[0] ?? "").split("/").reverse();
    return { namespace: namespace ?? pod.namespace(), name };
  });
}

function isOf({ object }: Placed, { namespace, name }: Reference): boolean {
  const own = object.kind === "SriovNetwork" ? object.spec().networkNamespace : undefined;
  return object.metadata().name === name && String(own ?? namespaceOf(object)) === namespace;
}

/** Whether the stack makes virtual machines, to which a whole function is handed. */
export function hasVirtualMachines(resources: readonly PolicyResource[]): boolean {
  return resources.some(({ type }) => /:kubevirt\.io\/v\w+:VirtualMachine\w*$/.test(type));
}
