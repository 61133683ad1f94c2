import type { PolicyResource } from "@pulumi/policy";
import { containersOf, networkDevicesOf, type Pod, podOf } from "../kubernetes/pod";
import { once, partsOf } from "../parts";
import { jsonOf, recordOf, resourceNameOf } from "./network";
import { clusterOf, objectsOf, type Placed } from "./objects";

/** A pod that takes a device, by asking for it or by naming a network that stands for it. */
export interface Taker {
  /** `Deployment validator`. */
  readonly who: string;
  readonly cluster: string;
  readonly resourceName: string;
}

/** The pods of a stack that take devices; one that throws where what a pod takes is not known yet. */
export function takersOf(resources: readonly PolicyResource[]): (() => Taker)[] {
  const networks = objectsOf(resources, "SriovNetwork", "NetworkAttachmentDefinition").map(networkOf);
  return resources.flatMap((resource) => {
    const pod = podOf(resource);
    if (pod === null) return [];
    const cluster = clusterOf(resource);
    const who = `${pod.kind} ${resource.name}`;
    return takenBy(pod, networks, cluster).map((read) => () => ({ who, cluster, resourceName: read() }));
  });
}

/** What each pod's networks are compared with, so each is read once. */
interface Network {
  readonly cluster: string;
  name(): Reference;
  resource(): string;
}

function networkOf({ cluster, object }: Placed): Network {
  return {
    cluster,
    name: once(() => ({
      namespace: textOrNone(object.spec().networkNamespace) ?? textOrNone(object.metadata().namespace),
      name: object.metadata().name,
    })),
    resource: once(() => resourceNameOf(object) ?? ""),
  };
}

function takenBy(pod: Pod, networks: readonly Network[], cluster: string): (() => string)[] {
  const asked = containersOf(pod).flatMap((read) =>
    partsOf(() => networkDevicesOf(read()).map((name) => () => name.split("/").at(-1) ?? name)),
  );
  const reachable = networks.filter((one) => one.cluster === cluster);
  const named = partsOf(() =>
    networksNamedBy(pod).flatMap((named) =>
      reachable.map((one) => () => (mayBe(one.name(), named) ? one.resource() : "")),
    ),
  );
  return [...asked, ...named];
}

/** Undefined as a namespace: the one that is current when it is made, which may be any. */
interface Reference {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The annotation of Multus: `[NAMESPACE/]NAME[@INTERFACE]` with commas, or the same as a list in JSON. */
function networksNamedBy(pod: Pod): Reference[] {
  const text = String(pod.metadata().annotations?.["k8s.v1.cni.cncf.io/networks"] ?? "");
  const own = textOrNone(pod.props.metadata?.namespace);
  const list = jsonOf(text);
  if (Array.isArray(list))
    return list.map(recordOf).map((each) => ({
      namespace: textOrNone(each?.namespace) ?? own,
      name: String(each?.name ?? ""),
    }));
  return text.split(",").map((each) => {
    const [name = "", namespace] = (each.trim().split("@")[0] ?? "").split("/").reverse();
    return { namespace: namespace ?? own, name };
  });
}

function mayBe(network: Reference, named: Reference): boolean {
  const mayShare =
    network.namespace === undefined || named.namespace === undefined || network.namespace === named.namespace;
  return mayShare && network.name === named.name;
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether the stack makes virtual machines, to which a whole function is handed. */
export function hasVirtualMachines(resources: readonly PolicyResource[]): boolean {
  return resources.some(({ type }) => /:kubevirt\.io\/v\w+:VirtualMachine\w*$/.test(type));
}
