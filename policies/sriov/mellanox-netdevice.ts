import { settle } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { type Offer, offersOf } from "./offers";
import { physicalFunctionVendor } from "./physical-functions";
import { hasVirtualMachines, type Taker, takersOf } from "./takers";

/** DPDK drives these devices through the kernel's own driver (mlx5, a bifurcated driver); without it there is nothing to drive. */
export const mellanoxNetdevice = stackRule({
  name: "dpdk-mellanox-netdevice",
  displayName: "Mellanox devices stay with their kernel driver",
  description:
    "Devices of vendor 15b3 that pods take are of deviceType netdevice with isRdma; vfio-pci is for virtual machines, and never with isRdma.",
  why: "DPDK's mlx5 driver works through the kernel's: on vfio-pci it finds no device, and the pod starts without its port.",
  source: "https://doc.dpdk.org/guides/platform/mlx5.html",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Set `deviceType: netdevice` and `isRdma: true`, or name the resource in the setting `virtualMachines` where only they take it.",
  settings: {
    virtualMachines: {
      type: "array",
      description: "Resource names that only virtual machines take, from this stack or another.",
      items: { type: "string" },
      default: [],
    },
  },
  judge: ({ resources, getConfig }) => {
    const offers = offersOf(resources);
    if (offers.length === 0) return "the stack has no SR-IOV policy and no pool of a device plugin";
    const { virtualMachines = [] } = getConfig<{ virtualMachines?: string[] }>();
    let found: Takers | undefined;
    const takers = () => {
      found ??= { ...settle(takersOf(resources)), areMachines: hasVirtualMachines(resources) };
      return found;
    };
    const isForPods = (offer: Offer) => !virtualMachines.includes(offer.resourceName());
    return offers.flatMap((read) => [
      () => withRdma(read()),
      () => (isMellanoxOnVfio(read()) && isForPods(read()) ? taken(read(), takers()) : []),
    ]);
  },
});

/** The operator's webhook refuses it, where the webhook is on (its chart leaves it off). */
function withRdma(offer: Offer): StackFinding[] {
  if (offer.policy?.object.spec().isRdma !== true || !offer.isUserspace()) return [];
  const finding = `${offer.where()} has deviceType vfio-pci and isRdma true, which exclude each other: a function on vfio-pci has no RDMA device; use netdevice for RDMA`;
  return [{ finding, urn: offer.urn }];
}

function isMellanoxOnVfio(offer: Offer): boolean {
  if (!offer.isUserspace()) return false;
  const vendors = offer.vendors();
  if (vendors.length > 0) return vendors.every((each) => each.toLowerCase() === "15b3");
  const devices = offer.devices();
  return devices.length > 0 && devices.every((each) => physicalFunctionVendor(each) === "15b3");
}

/** Of the whole stack, read once, and only where an offer asks for it. */
interface Takers {
  readonly known: readonly Taker[];
  readonly unknown: readonly (() => never)[];
  readonly areMachines: boolean;
}

function taken(offer: Offer, { known, unknown, areMachines }: Takers): StackFinding[] {
  const name = offer.resourceName();
  const taker = known.find((each) => each.cluster === offer.cluster && each.resourceName === name);
  const what = `${offer.where()} binds ${name}, of vendor 15b3, to vfio-pci`;
  const remedy = "DPDK's mlx5 driver needs the kernel's driver below it, so use deviceType netdevice with isRdma true";
  if (taker !== undefined) return [{ finding: `${what}, and ${taker.who} takes it; ${remedy}`, urn: offer.urn }];
  for (const fail of unknown) fail();
  if (areMachines) return [];
  const warning = `${what}, which is right for virtual machines alone; where pods take it, ${remedy}`;
  return [{ finding: { warning }, urn: offer.urn }];
}
