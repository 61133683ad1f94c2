import { withKey } from "./arguments";
import { type HostPlan, planRule } from "./plan";

/**
 * vfio-pci needs an IOMMU that translates; the uio drivers give the card physical addresses, which an IOMMU must let through
 * unchanged. The wrong pair gives a node whose ports do not open, or one whose card writes where it should not.
 */
export const iommuMatchesDriver = planRule({
  name: "dpdk-iommu-matches-driver",
  displayName: "IOMMU arguments match the driver",
  description: "A DPDK node's kernel arguments set the IOMMU as its NIC drivers need it.",
  severity: "high",
  why: "vfio-pci without an IOMMU does not bind, and a uio driver behind one that translates reads nothing: either way the port is gone.",
  source: "docs/failures.md, 9",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Set `kernel.iommu` of the fleet file to `intel` or `amd` for vfio-pci.",
  mistakes: ({ nics, kernel, vfioNoIommu }) => {
    const drivers = new Map(nics.flatMap((nic) => driversOf(nic).map((driver) => [driver, nic.name] as const)));
    const iommu = wanted(kernel.arguments);
    return [...drivers].flatMap(([driver, nic]) => mistakesOf(driver, nic, iommu, vfioNoIommu ?? false));
  },
});

function driversOf({ bind, virtualFunctions }: HostPlan["nics"][number]): string[] {
  return [...(bind ? [bind] : []), ...virtualFunctions.map(({ driver }) => driver)];
}

interface Iommu {
  /** The argument that turns it off. */
  readonly off: string | null;
  /** Whether an argument asks for it. */
  readonly on: boolean;
  /** Whether the kernel's own drivers, the uio ones among them, see physical addresses. */
  readonly passThrough: boolean;
}

/** What the arguments say together: `iommu=` and `intel_iommu=` add up (Linux, kernel-parameters.txt). ARM has `iommu.passthrough=`. */
function wanted(tokens: readonly string[]): Iommu {
  const has = (key: string, ...words: string[]) =>
    withKey(tokens, key).some(({ value }) => value.split(",").some((word) => words.includes(word)));
  const off = ["iommu", "intel_iommu", "amd_iommu"].find((key) => has(key, "off"));
  const passThrough = has("iommu", "pt") || has("iommu.passthrough", "1", "on", "y");
  const asked =
    has("intel_iommu", "on") ||
    has("amd_iommu", "force_enable", "force_isolation", "pgtbl_v1", "pgtbl_v2") ||
    has("iommu", "nopt", "force") ||
    withKey(tokens, "iommu.passthrough").length > 0;
  return { off: off === undefined ? null : `${off}=off`, on: asked || passThrough, passThrough };
}

function mistakesOf(driver: string, nic: string, iommu: Iommu, without: boolean): string[] {
  if (driver === "vfio-pci") {
    if (without && iommu.off === null && iommu.on)
      return [`${nic} is to be bound without IOMMU, and the kernel arguments ask for one; take kernel.vfioNoIommu out`];
    if (without) return []; // asked for by name
    if (iommu.off !== null)
      return [`${nic} is bound to vfio-pci, which needs the IOMMU, and ${iommu.off}; take it out`];
    if (iommu.on) return [];
    return [
      `${nic} is bound to vfio-pci and no kernel argument asks for the IOMMU; ` +
        "add intel_iommu=on iommu=pt, on AMD iommu=pt, on ARM iommu.passthrough=1",
    ];
  }
  if (!/uio/.test(driver) || iommu.off !== null || iommu.passThrough || !iommu.on) return [];
  return [
    `${nic} is bound to ${driver}, which knows no IOMMU, and the kernel arguments let one translate its addresses; ` +
      "use vfio-pci, or add iommu=pt",
  ];
}
