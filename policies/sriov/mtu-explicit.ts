import { anyOf } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { pluginsOf, resourceNameOf } from "./network";
import { nameOf, objectsOf, type Placed } from "./objects";
import { type Offer, offersOf } from "./offers";

export const mtuExplicit = stackRule({
  name: "dpdk-mtu-explicit",
  displayName: "The MTU is written down",
  description: "A policy, or each network of its resource, says its MTU.",
  why: "What is not written is what the NIC had before: nodes of one fleet then drop each other's large frames, without an error anywhere.",
  source:
    "https://github.com/redhat-best-practices-for-k8s/certsuite/blob/main/CATALOG.md#networking-network-attachment-definition-sriov-mtu",
  group: "sriov",
  severity: "low",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps:
    "Write `mtu` in the policy, or in a `tuning` plugin of the network where the kernel drives the function.",
  judge: ({ resources }) => {
    const policies = objectsOf(resources, "SriovNetworkNodePolicy").filter(({ object }) => !object.isPatch);
    const networks = objectsOf(resources, "SriovNetwork", "NetworkAttachmentDefinition");
    const definitions = networks.filter(
      ({ object }) => object.kind === "NetworkAttachmentDefinition" && !object.isPatch,
    );
    if (policies.length + definitions.length === 0) return "the stack has no SR-IOV policy and no network";
    const offers = offersOf(resources);
    return [
      ...policies.map((one) => () => ofPolicy(one, networks)),
      ...definitions.map((one) => () => ofDefinition(one, offers)),
    ];
  },
});

/** Functions that others make, and a cloud's interfaces, have the MTU that they are given there. */
function ofPolicy({ object, urn, cluster }: Placed, networks: readonly Placed[]): StackFinding[] {
  const { mtu, externallyManaged, nicSelector } = object.spec();
  if (mtu !== undefined || externallyManaged === true || nicSelector?.netFilter !== undefined) return [];
  const name = object.spec().resourceName;
  const own = networks.filter((one) => one.cluster === cluster && resourceNameOf(one.object) === name);
  if (own.length > 0 && own.every(saysMtu)) return [];
  const warning = `${nameOf(object)} has no mtu, so that ${name} has what each NIC had before; write it`;
  return [{ finding: { warning }, urn }];
}

/** One whose resource a policy makes is told of with the policy; on vfio-pci there is no interface to set it on. */
function ofDefinition(placed: Placed, offers: readonly (() => Offer)[]): StackFinding[] {
  const { object, urn, cluster } = placed;
  if (!isSriov(placed) || saysMtu(placed)) return [];
  const name = resourceNameOf(object);
  const isElsewhere = ({ policy, isUserspace, ...offer }: Offer) =>
    offer.cluster === cluster && offer.resourceName() === name && (policy !== null || isUserspace());
  if (
    anyOf(
      offers.map((read) => () => isElsewhere(read())),
      (is) => is,
    )
  )
    return [];
  const warning = `${nameOf(object)} has no mtu in any of its plugins, so that its functions have what the NIC had before; write it in the policy of ${name}, or add a tuning plugin with mtu`;
  return [{ finding: { warning }, urn }];
}

function isSriov({ object }: Placed): boolean {
  return anyOf(pluginsOf(object), (plugin) => plugin.value("type") === "sriov");
}

function saysMtu({ object }: Placed): boolean {
  return anyOf(pluginsOf(object), (plugin) => plugin.value("mtu") !== undefined);
}
