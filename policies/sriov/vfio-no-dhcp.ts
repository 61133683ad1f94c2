import { settle } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { ipamOf, type Plugin, pluginsOf, resourceNameOf } from "./network";
import { nameOf, objectsOf, type Placed } from "./objects";
import { type Offer, offersOf } from "./offers";

export const vfioNoDhcp = stackRule({
  name: "dpdk-vfio-no-dhcp",
  displayName: "No DHCP on what DPDK drives",
  description: "A network whose resource is bound to vfio-pci does not take its addresses by DHCP.",
  why: "DHCP asks from the kernel's interface, which a function on vfio-pci does not have: the pod is never started.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-cni/blob/master/README.md",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Use `static`, `host-local` or `whereabouts`, which reserve an address for the program to set, or no IPAM.",
  judge: ({ resources }) => {
    const networks = objectsOf(resources, "SriovNetwork", "NetworkAttachmentDefinition");
    if (networks.length === 0) return "the stack has no network of SR-IOV";
    const offers = offersOf(resources);
    if (offers.length === 0) return "the stack has no SR-IOV policy and no pool of a device plugin";
    return networks.flatMap((network) =>
      pluginsOf(network.object).map((read) => () => mistakes(network, read(), offers)),
    );
  },
});

function mistakes({ object, urn, cluster }: Placed, plugin: Plugin, offers: readonly (() => Offer)[]): StackFinding[] {
  if (ipamOf(plugin).type !== "dhcp") return [];
  const name = resourceNameOf(object);
  const matching = (offer: Offer) => offer.cluster === cluster && offer.resourceName() === name && offer.isUserspace();
  const { known, unknown } = settle(offers.map((read) => () => ({ offer: read(), matches: matching(read()) })));
  const found = known.find(({ matches }) => matches)?.offer;
  if (found !== undefined)
    return [
      {
        finding: `${nameOf(object)} takes addresses by DHCP (ipam of ${plugin.where}), and ${found.where()} binds its resource ${name} to vfio-pci, which has no interface to ask from; use static, host-local or whereabouts`,
        urn,
      },
    ];
  for (const fail of unknown) fail();
  return [];
}
