import { lastValues } from "./arguments";
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
  enforcementLevel: "mandatory",
  tags: ["host"],
  remediationSteps: "Set `kernel.iommu` of the fleet file to `intel` or `amd` for vfio-pci.",
  mistakes: (plan) => {
    const drivers = new Map(plan.nics.flatMap((nic) => driversOf(nic).map((driver) => [driver, nic.name] as const)));
    const values = lastValues(plan.kernel.arguments);
    return [...drivers].flatMap(([driver, nic]) => mistakesOf(driver, nic, values));
  },
});

function driversOf({ bind, virtualFunctions }: HostPlan["nics"][number]): string[] {
  return [...(bind === undefined ? [] : [bind]), ...virtualFunctions.map(({ driver }) => driver)];
}

function mistakesOf(driver: string, nic: string, values: ReadonlyMap<string, string>): string[] {
  const off = ["iommu", "intel_iommu", "amd_iommu"].filter((key) => values.get(key)?.split(",").includes("off"));
  const passThrough = values.get("iommu")?.split(",").includes("pt") === true;
  const intelOn = values.get("intel_iommu")?.split(",").includes("on") === true;
  if (driver === "vfio-pci") {
    if (off.length > 0) return [`${nic} is bound to vfio-pci, which needs the IOMMU, and ${off[0]}=off; take it out`];
    if (intelOn || passThrough) return [];
    return [
      `${nic} is bound to vfio-pci and no kernel argument asks for the IOMMU; add intel_iommu=on iommu=pt, on AMD iommu=pt`,
    ];
  }
  if (!/uio/.test(driver) || off.length > 0 || passThrough || !intelOn) return [];
  return [
    `${nic} is bound to ${driver}, which knows no IOMMU, and intel_iommu=on translates its addresses; use vfio-pci, or add iommu=pt`,
  ];
}
