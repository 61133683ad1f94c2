import { type DataPlane, dataPlaneMistakes } from "../host/data-plane";
import { HUGEPAGE_KIB } from "../host/hugepages";
import { nicDriver, virtualFunctionAddress } from "../host/nics";
import type { FleetProblem } from "./errors";
import type { FleetNode, HardwareNic } from "./types";

export function dataPlaneProblems(node: FleetNode): FleetProblem[] {
  const { dataPlane, service } = node;
  if (dataPlane === null) {
    if (service === null) return [];
    return [{ path: ["service"], value: service.runtime, remedy: "needs dataPlane, which the node has not; add it" }];
  }
  const { hugepageSize } = dataPlane.dpdkConf.memory;
  const pages = node.hugepages.find((pool) => pool.size === hugepageSize)?.pages ?? [];
  const ports = portNics(node, dataPlane);
  const mistakes = dataPlaneMistakes(dataPlane, {
    isolated: node.cpus.isolated,
    hugepageMB: pages.map((count) => (count * HUGEPAGE_KIB[hugepageSize]) / 1024),
    portNumaNodes: ports.map(({ nic }) => nic.numaNode),
  });
  return [
    ...mistakes.map(({ key, value, remedy }) => ({ path: ["dataPlane"], value, remedy: `${key}: ${remedy}` })),
    ...capabilityMistakes(dataPlane, ports),
  ];
}

interface PortNic {
  readonly name: string;
  readonly nic: HardwareNic;
  readonly virtual: boolean;
}

/** The cards behind the ports, found again by their addresses. */
function portNics(node: FleetNode, { dpdkConf }: DataPlane): PortNic[] {
  const known = node.nics.flatMap((role): (readonly [string, PortNic])[] => {
    const nic = node.hardware.nics.get(role.name);
    if (nic === undefined) return [];
    const { sriov } = nic;
    const virtual =
      sriov === null ? [] : role.virtualFunctions.map((_, f) => virtualFunctionAddress(nic.pci, sriov, f));
    return [
      [nic.pci, { name: role.name, nic, virtual: false }],
      ...virtual.map((pci) => [pci, { name: role.name, nic, virtual: true }] as const),
    ];
  });
  const byAddress = new Map(known);
  return dpdkConf.ports.list.flatMap(({ pci }) => byAddress.get(pci) ?? []);
}

function capabilityMistakes({ dpdkConf }: DataPlane, ports: readonly PortNic[]): FleetProblem[] {
  const problems: FleetProblem[] = [];
  for (const { name, nic, virtual } of ports) {
    if (!virtual) continue;
    const driver = nicDriver(nic.driver);
    const { rxQueuesPerPort } = dpdkConf.performance;
    const what = `a virtual function of ${name} (${nic.driver})`;
    if (rxQueuesPerPort > driver.virtualFunctionQueues) {
      problems.push({
        path: ["dataPlane", "queues"],
        value: rxQueuesPerPort,
        remedy: `${what} has ${driver.virtualFunctionQueues} at most`,
      });
    }
    if (dpdkConf.advanced.enableRss && !driver.virtualFunctionRss) {
      problems.push({ path: ["dataPlane", "rss"], value: true, remedy: `${what} has no RSS; set it to false` });
    }
    if (dpdkConf.advanced.enableJumboFrames && !driver.virtualFunctionJumbo) {
      problems.push({
        path: ["dataPlane", "jumboFrames"],
        value: true,
        remedy: `${what} takes no jumbo frames; set it to false`,
      });
    }
  }
  return problems;
}
