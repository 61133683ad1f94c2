import { type Finding, type RuleArgs, resourceRule } from "../rule";
import { configurationsOf, type Pool, poolsOf, type Selector, userspaceDrivers } from "./device-plugin";
import { objectOf } from "./objects";
import { physicalFunctionVendor } from "./physical-functions";

export const physicalFunctionKept = resourceRule({
  name: "dpdk-physical-function-kept",
  displayName: "Physical functions stay with the kernel",
  description:
    "No resource takes a physical function for vfio: not a policy of no virtual functions, not a pool by its id.",
  why: "A physical function on vfio-pci takes its virtual functions away with it, and with them every pod and the node's own link.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-device-plugin/issues/153",
  group: "sriov",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Make virtual functions (`numVfs`) and select those; name the id in `passedThrough` where nodes are virtual machines that were given the whole function.",
  settings: {
    passedThrough: {
      type: "array",
      description: "Device ids of physical functions that nodes, being virtual machines, were given as a whole.",
      items: { type: "string", pattern: "^[0-9a-fA-F]{4}$" },
      default: [],
    },
  },
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy !== null) return [() => noFunctions(policy.spec())];
    const configurations = configurationsOf(args);
    if (configurations === null) return "the resource is no SR-IOV policy and no configuration of the device plugin";
    const { passedThrough = [] } = args.getConfig<{ passedThrough?: string[] }>();
    const pools = poolsOf(configurations);
    return pools.map((read) => () => {
      const pool = read();
      return [...byDevice(pool, passedThrough), ...byAddress(pool, pools)];
    });
  },
});

/** The operator then offers the physical function itself (its controller, createDevicePluginResource). */
function noFunctions(spec: RuleArgs["props"]): Finding[] {
  if (spec.numVfs !== 0 || spec.deviceType !== "vfio-pci" || spec.externallyManaged === true) return [];
  return [
    "numVfs is 0 and deviceType is vfio-pci, so that the physical function itself is offered, and is lost to the node; write how many virtual functions to make",
  ];
}

function byDevice(pool: Pool, passedThrough: readonly string[]): Finding[] {
  const allowed = passedThrough.map((each) => each.toLowerCase());
  return userspaceSelectors(pool).flatMap(({ devices = [], vendors = [] }) =>
    devices
      .filter((each) => isPhysical(each, vendors) && !allowed.includes(each.toLowerCase()))
      .map(
        (each) =>
          `${pool.where} takes device ${each} on a driver for user space, which is a physical function: its virtual functions go with it; name the id of the virtual functions`,
      ),
  );
}

function isPhysical(device: string, vendors: readonly string[]): boolean {
  const vendor = physicalFunctionVendor(device);
  return vendor !== null && (vendors.length === 0 || vendors.some((each) => each.toLowerCase() === vendor));
}

/** An address whose functions one pool offers is no function for another: it is where they come from. */
function byAddress(pool: Pool, pools: readonly (() => Pool)[]): Finding[] {
  const addresses = userspaceSelectors(pool).flatMap(({ pciAddresses = [] }) => pciAddresses);
  if (addresses.length === 0) return [];
  const roots = new Set(
    pools.flatMap((read) => read().selectors.flatMap(({ rootDevices = [] }) => rootDevices.map(addressOf))),
  );
  return addresses
    .filter((each) => roots.has(addressOf(each)))
    .map(
      (each) =>
        `${pool.where} takes ${each} on a driver for user space, and a pool offers the virtual functions of that address, which go with it; name addresses of virtual functions`,
    );
}

function addressOf(device: string): string {
  return (device.split("#")[0] ?? device).toLowerCase();
}

function userspaceSelectors(pool: Pool): readonly Selector[] {
  const isUserspace = ({ drivers = [] }: Selector) => drivers.some((each) => userspaceDrivers.includes(each));
  return pool.deviceType === "netDevice" ? pool.selectors.filter(isUserspace) : [];
}
