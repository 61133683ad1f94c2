import type { PolicyResource } from "@pulumi/policy";
import { once, partsOf, thoseThat } from "../parts";
import type { Pod } from "./pod";
import { mayShareNamespace, saidNamespace } from "./stack-pods";

type Props = PolicyResource["props"];

/** A network as a pod names it; without a namespace it is in the pod's. */
export interface NetworkName {
  readonly namespace: string | undefined;
  readonly name: string;
}

export const networksKey = "k8s.v1.cni.cncf.io/networks";
/** In place of the cluster's first network. */
export const defaultNetworkKey = "v1.multus-cni.io/default-network";

/** Networks that a pod's annotation names; null where Multus cannot read it. Throws the SDK's error where it is not known yet. */
export function networksOf(pod: Pod, key = networksKey): NetworkName[] | null {
  const text: unknown = pod.metadata().annotations?.[key];
  return text === undefined || text === null || text === "" ? [] : networkNames(String(text));
}

/** `net`, `namespace/net@eth1, other` or JSON: https://github.com/k8snetworkplumbingwg/multi-net-spec, Multus' how-to-use.md. */
export function networkNames(text: string): NetworkName[] | null {
  const found = /[[{"]/.test(text) ? fromJson(text) : text.split(",").map((one) => fromText(one.trim()));
  const names = found.filter((one) => one !== null);
  return names.length === found.length && names.length > 0 ? names : null;
}

function fromText(text: string): NetworkName | null {
  const found = /^(?:([a-z0-9][a-z0-9-]*)\/)?([a-z0-9][a-z0-9-]*)(?:@[^\s/]{1,15})?$/.exec(text);
  return found === null ? null : { namespace: found[1], name: found[2] as string };
}

function fromJson(text: string): (NetworkName | null)[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(fromElement) : [null];
  } catch {
    return [null];
  }
}

function fromElement(element: unknown): NetworkName | null {
  const { name, namespace } = (element ?? {}) as { name?: unknown; namespace?: unknown };
  if (typeof name !== "string" || name === "") return null;
  return { name, namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined };
}

/** A network that a stack makes, itself or by an operator. Undefined as a namespace: whichever one is current, or several. */
export interface StackNetwork extends NetworkName {
  /** Device resource that one of its interfaces takes; without its prefix where an operator adds that. May throw. */
  resource(): string | undefined;
}

/** Each network of the stack; one that throws where its name is not known yet. */
export function networksOfStack(resources: readonly PolicyResource[]): (() => StackNetwork)[] {
  return resources.flatMap(({ type, props }) => {
    const maker = makers.find(([kind]) => kind.test(type));
    return maker === undefined ? [] : partsOf(() => maker[1](props).map(once));
  });
}

/** The network of the stack that a pod means by a name; undefined where it is made elsewhere. */
export function networkNamed(named: NetworkName, pod: Pod, made: (() => StackNetwork)[]): StackNetwork | undefined {
  const wanted = named.namespace ?? saidNamespace(pod.props);
  const isMeant = ({ name, namespace }: StackNetwork) => name === named.name && mayShareNamespace(wanted, namespace);
  return thoseThat(made, isMeant)[0];
}

type Maker = readonly [type: RegExp, networks: (props: Props) => (() => StackNetwork)[]];

/** Kinds that make networks, and how each says their names. */
const makers: readonly Maker[] = [
  [/^kubernetes:k8s\.cni\.cncf\.io\/v1:NetworkAttachmentDefinition(Patch)?$/, (props) => [() => definition(props)]],
  [/^kubernetes:sriovnetwork\.openshift\.io\/v1:(Sriov|SriovIB|OVS)Network$/, (props) => [() => ofOperator(props)]],
  [/^kubernetes:mellanox\.com\/v1alpha1:(HostDevice|Macvlan|IPoIB)Network$/, (props) => [() => ofOperator(props)]],
  [/^kubernetes:spiderpool\.spidernet\.io\/v2beta1:SpiderMultusConfig$/, (props) => [() => definition(props)]],
  [/^kubernetes:k8s\.ovn\.org\/v1:(Cluster)?UserDefinedNetwork$/, (props) => [() => definition(props)]],
  [/^kubernetes:operator\.openshift\.io\/v1:Network$/, ofCluster],
  [/^kubernetes:helm\.sh\/v3:Release$/, ofRelease],
];

const nameOf = (props: Props): string => String(props.metadata?.name ?? "");

function definition(props: Props): StackNetwork {
  return {
    name: nameOf(props),
    namespace: saidNamespace(props),
    resource: once(() => props.metadata?.annotations?.["k8s.v1.cni.cncf.io/resourceName"] ?? undefined),
  };
}

/** An operator makes the definition, by the same name, in `networkNamespace` or its own namespace. */
function ofOperator(props: Props): StackNetwork {
  return {
    name: nameOf(props),
    namespace: props.spec?.networkNamespace || saidNamespace(props),
    resource: once(() => props.spec?.resourceName ?? undefined),
  };
}

function ofCluster(props: Props): (() => StackNetwork)[] {
  const list: Props[] = props.spec?.additionalNetworks ?? [];
  return [...list.keys()].map((at) => () => {
    const { name, namespace = "default" } = list[at] ?? {};
    return { name: String(name), namespace: String(namespace), resource: () => undefined };
  });
}

/** A release says what its chart has made by kind: `NetworkAttachmentDefinition…: ["namespace/name"]`. */
function ofRelease(props: Props): (() => StackNetwork)[] {
  const made: Record<string, string[]> = props.resourceNames ?? {};
  const kinds = Object.keys(made).filter((kind) => kind.startsWith("NetworkAttachmentDefinition"));
  return kinds
    .flatMap((kind) => made[kind] ?? [])
    .map((path) => () => {
      const [name = "", namespace] = path.split("/").reverse();
      return { name, namespace, resource: () => undefined };
    });
}
