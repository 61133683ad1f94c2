import { once, partsOf } from "../parts";
import type { Part, RuleArgs } from "../rule";

type Props = RuleArgs["props"];

/** The pod that a resource makes: a Pod itself, or the template of a workload. Values may be unknown: reading them throws. */
export interface Pod {
  /** `Pod`, `Deployment`, … */
  readonly kind: string;
  /** Namespace of the resource; `default` where it names none. */
  namespace(): string;
  /** Of the pod itself: labels and annotations of a workload's template. */
  metadata(): Props;
  spec(): Props;
  /** Of the resource: `spec.replicas`, `spec.strategy`, … */
  readonly props: Props;
  /** Changes a workload that somebody else makes, and says only a part of it. */
  readonly isPatch: boolean;
}

/** A container with its place, as in `containers[0] (node)`. */
export interface Container {
  readonly where: string;
  readonly isInit: boolean;
  readonly props: Props;
}

/** Null where the resource makes no pod. Patches of workloads are judged as what they say. */
export function podOf({ type, props }: Pick<RuleArgs, "type" | "props">): Pod | null {
  const kind = /^kubernetes:(core|apps|batch|extensions)\/v\d\w*:(\w+)$/.exec(type)?.[2]?.replace(/Patch$/, "") ?? "";
  const template = templates[kind];
  if (template === undefined) return null;
  return {
    kind,
    namespace: () => String(props.metadata?.namespace ?? "default"),
    metadata: once((): Props => template(props)?.metadata ?? {}),
    spec: once((): Props => template(props)?.spec ?? {}),
    props,
    isPatch: type.endsWith("Patch"),
  };
}

const ofSpec = (props: Props) => props.spec?.template;

/** Where each kind has its pod. */
const templates: Readonly<Record<string, (props: Props) => Props | undefined>> = {
  Pod: (props) => props,
  PodTemplate: (props) => props.template,
  Deployment: ofSpec,
  DaemonSet: ofSpec,
  StatefulSet: ofSpec,
  ReplicaSet: ofSpec,
  ReplicationController: ofSpec,
  Job: ofSpec,
  CronJob: (props) => props.spec?.jobTemplate?.spec?.template,
};

/** Each container, init containers first; one that throws where the list, or that container, is not known yet. */
export function containersOf(pod: Pod): (() => Container)[] {
  return (["initContainers", "containers"] as const).flatMap((list) =>
    partsOf(() => {
      const found: Props[] = pod.spec()[list] ?? [];
      return [...found.keys()].map((at) => () => containerOf(list, at, found[at] ?? {}));
    }),
  );
}

function containerOf(list: string, at: number, props: Props): Container {
  const name = typeof props.name === "string" ? ` (${props.name})` : "";
  return { where: `${list}[${at}]${name}`, isInit: list === "initContainers", props };
}

/** Parts about each container, so that one that is not known does not hide the others. */
export function perContainer(pod: Pod, parts: (container: Container) => Iterable<Part>): Part[] {
  return containersOf(pod).flatMap((read) => partsOf(() => parts(read())));
}

/** What a container asks for, by resource: where only a limit is written, the request is the limit (Kubernetes' own default). */
export function resourcesOf({ props }: Pick<Container, "props">): Map<string, { request: unknown; limit: unknown }> {
  const { requests = {}, limits = {} } = props.resources ?? {};
  const names = new Set([...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})]);
  // An amount is read when it is asked for: one that is not known yet does not hide the names and the others.
  const amountsOf = (name: string) => ({
    get request(): unknown {
      return requests?.[name] ?? limits?.[name];
    },
    get limit(): unknown {
      return limits?.[name];
    },
  });
  return new Map([...names].map((name) => [name, amountsOf(name)]));
}

/** Names of hugepage resources (`hugepages-2Mi`) of a container. */
export function hugepagesOf(container: Container): string[] {
  return [...resourcesOf(container).keys()].filter((name) => name.startsWith("hugepages-"));
}

// Devices that are no network functions, by the resource names of their own plugins.
const otherDevices =
  /\/(v?gpu[\w.-]*|pgpu|mig-[\w.]+|tpu|fpga[\w.-]*|kvm|tun|vhost-net|fuse|i915|xe|habana\w*|neuron\w*|qat[\w.-]*|cy\w*_dc|pod-eni|PrivateIPv4Address)$/i;

// Domains that offer no network functions: KubeVirt (the bridges that a node has, too), accelerators and powers of CPUs, AWS Neuron.
const otherDomains =
  /^(devices\.kubevirt\.io|[\w-]+\.network\.kubevirt\.io|smarter-devices|squat\.ai|aws\.amazon\.com\/neuron|(dsa|iaa|dlb|sgx|qat|gpu|power)\.intel\.com|[\w.]+\.workload\.openshift\.io)/;

/** Names of network device resources of a container: what a device plugin offers under a domain of its own. */
export function networkDevicesOf(container: Container): string[] {
  return [...resourcesOf(container).keys()].filter(
    (name) =>
      name.includes("/") &&
      !/(^|\.)kubernetes\.io\//.test(name) &&
      !otherDomains.test(name) &&
      !otherDevices.test(name),
  );
}
