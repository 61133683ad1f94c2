import type { DataPlane } from "../host/data-plane";
import { HUGEPAGE_KIB } from "../host/hugepages";
import { argumentKey } from "../host/kernel-arguments";
import { nicModes } from "../host/service";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/** Every port is reached in one way: capabilities and network of the service depend on it. */
export function modeMistakes(node: FleetNode): FleetProblem[] {
  const modes = nicModes(node);
  return modes.flatMap((mode, index): FleetProblem[] => {
    const path = ["dataPlane", "ports", index];
    if (mode === null) {
      return [
        { path, remedy: "is left with a kernel driver that no DPDK driver works through; give it the driver vfio-pci" },
      ];
    }
    if (mode === modes[0] || modes[0] === null) return [];
    return [
      {
        path,
        remedy: "is reached in another way than port 0; bind all of them to vfio-pci, or leave all to their driver",
      },
    ];
  });
}

/** Mappings of a container at most: drivers/vfio/vfio_iommu_type1.c, dma_entry_limit (U16_MAX). EAL makes one a page. */
const VFIO_MAPPINGS = 65_535;

export function mappingMistakes(node: FleetNode, { dpdkConf }: DataPlane): FleetProblem[] {
  const { hugepageSize, socketMem } = dpdkConf.memory;
  if (!nicModes(node).includes("vfio")) return [];
  const token = node.kernel.extraArguments.find((each) => argumentKey(each) === "vfio_iommu_type1.dma_entry_limit");
  const limit = token === undefined ? VFIO_MAPPINGS : Number(token.split("=")[1]);
  const pages = (socketMem.reduce((sum, mb) => sum + mb, 0) * 1024) / HUGEPAGE_KIB[hugepageSize];
  if (pages <= limit) return [];
  const remedy =
    `${pages} pages of ${hugepageSize} are as many mappings, and VFIO allows ${limit}; take pages of 1G, or add ` +
    `vfio_iommu_type1.dma_entry_limit=${pages} to kernel.extraArguments`;
  return [{ path: ["dataPlane", "socketMemory"], value: socketMem, remedy }];
}
