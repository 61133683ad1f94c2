import type { PolicyResource } from "@pulumi/policy";
import { partsOf, thoseThat } from "../parts";
import { type Finding, type StackFinding, stackRule } from "../rule";
import { deviceAmounts } from "./device-amounts";
import {
  defaultNetworkKey,
  type NetworkName,
  networkNamed,
  networksOf,
  networksOfStack,
  type StackNetwork,
} from "./networks";
import type { Pod } from "./pod";
import { podsOf, saidNamespace } from "./stack-pods";

export const networksMatchDevices = stackRule({
  name: "dpdk-networks-match-devices",
  displayName: "A device for each network, a network for each device",
  description: "A pod asks for as many devices of a resource as it names networks that take one.",
  why: "A network without a device keeps the pod from starting; a device without a network has neither VLAN, MAC nor rate, and is lost to others.",
  source: "https://github.com/k8snetworkplumbingwg/multus-cni/blob/master/docs/how-to-use.md",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Ask for one device a network, in `resources` of the container, or name one network a device.",
  settings: {
    injector: {
      type: "boolean",
      description:
        "Whether the network resources injector writes the devices of pods that ask for none. Default: where the stack shows it.",
    },
  },
  judge: ({ resources, getConfig }) => {
    const pods = podsOf(resources);
    if (pods.length === 0) return "the stack makes no pod";
    const made = networksOfStack(resources);
    if (made.length === 0) return "the stack makes no network";
    const { injector } = getConfig<{ injector?: boolean }>();
    const isInjected = () => injector ?? showsInjector(resources);
    return pods.flatMap(({ pod, urn }) =>
      partsOf(() => partsOfPod(pod, made, isInjected)).map((judge) => (): StackFinding[] => {
        const finding = judge();
        return finding === null ? [] : [{ finding, urn }];
      }),
    );
  },
});

/** A part for each resource that the pod asks for, or that its networks take. */
function partsOfPod(pod: Pod, made: (() => StackNetwork)[], isInjected: () => boolean): (() => Finding | null)[] {
  const names = [...(networksOf(pod) ?? []), ...(networksOf(pod, defaultNetworkKey) ?? [])];
  const each = names.flatMap((name) => partsOf(() => [takenBy(name, pod, made)]));
  const taken = each.filter((one) => typeof one === "string");
  const unknown = each.filter((one) => typeof one === "function");
  // A network that is made elsewhere may take one of any resource, and so may one that is not known yet.
  const spare = each.filter((one) => one === null).length + unknown.length;
  const amounts = deviceAmounts(pod);
  const missing = taken.filter((resource) => ![...amounts.keys()].some((asked) => isSame(asked, resource)));
  const isOfStack = (resource: string) => thoseThat(made, (one) => isSame(resource, one.resource() ?? "")).length > 0;
  const judge = (resource: string) => (): Finding | null => {
    const networks = taken.filter((one) => isSame(resource, one)).length;
    const devices = amounts.get(resource)?.() ?? 0;
    if (devices === 0 && isInjected()) return null;
    if (networks > devices) return tooFew(resource, networks, devices);
    if (devices <= networks + spare || !isOfStack(resource)) return null;
    const text = tooMany(resource, networks, devices);
    return names.length === 0 ? { warning: text } : text;
  };
  return [...[...amounts.keys(), ...new Set(missing)].map(judge), ...unknown];
}

/** The resource of the network that is named; null where it is made elsewhere, undefined where it takes no device. */
function takenBy(named: NetworkName, pod: Pod, made: (() => StackNetwork)[]): string | undefined | null {
  const found = networkNamed(named, pod, made);
  return found === undefined ? null : found.resource();
}

/** Operators say a resource without the prefix that they add. */
function isSame(one: string, other: string): boolean {
  if (one.includes("/") && other.includes("/")) return one === other;
  return one !== "" && one.split("/").at(-1) === other.split("/").at(-1);
}

/**
 * The operator starts the injector where `enableInjector` says so, and on OpenShift unless it says no
 * (https://docs.openshift.com/container-platform/latest/networking/hardware_networks/using-dpdk-and-rdma.html).
 */
function showsInjector(resources: readonly PolicyResource[]): boolean {
  const settings = resources.filter(({ type }) => /:SriovOperatorConfig$/.test(type));
  if (settings.length > 0) return settings.some(({ props }) => props.spec?.enableInjector === true);
  return resources.some(
    ({ type, props }) =>
      type.startsWith("kubernetes:sriovnetwork.openshift.io/") &&
      saidNamespace(props) === "openshift-sriov-network-operator",
  );
}

function tooFew(resource: string, networks: number, devices: number): string {
  return `the pod names ${networks} of the networks that take a device of ${resource} and asks for ${devices}; what has no device cannot be attached and the pod does not start; ask for ${networks}`;
}

function tooMany(resource: string, networks: number, devices: number): string {
  return `the pod asks for ${devices} of ${resource} and names ${networks} of its networks; a device without a network has neither VLAN, MAC nor rate and no other pod gets it; ask for ${networks}, or name ${devices}`;
}
