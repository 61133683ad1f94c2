import { type DataPlane, dataPlaneMistakes } from "../host/data-plane";
import { HUGEPAGE_KIB } from "../host/hugepages";
import { virtualFunctionAddress } from "../host/nics";
import { capabilityMistakes, type PortNic } from "./checks-cards";
import { mappingMistakes, modeMistakes } from "./checks-ports";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

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
    ...modeMistakes(node),
    ...mappingMistakes(node, dataPlane),
    ...metricsMistakes(node, dataPlane),
    ...exceptionPathMistakes(node, dataPlane),
  ];
}

/** The unit lets the service have no network (PrivateNetwork=) and write nowhere else (ProtectSystem=strict). */
function metricsMistakes({ service }: FleetNode, { configToml }: DataPlane): FleetProblem[] {
  const value = configToml.metricsListen;
  if (service === null || value === null || /^\/run\/pantheonchain\/[^/]+$/.test(value)) return [];
  const remedy = "the service has no network and writes only there: take a path directly under /run/pantheonchain";
  return [{ path: ["dataPlane", "metrics", "listen"], value, remedy }];
}

/** In a network of its own (PrivateNetwork=, podman's --network=none) the service would find no interface of the node's. */
function exceptionPathMistakes({ service }: FleetNode, { configToml }: DataPlane): FleetProblem[] {
  const value = configToml.network.exceptionPath;
  if (service === null || value === null) return [];
  const remedy = "the service has no network of the node's: leave it out, or run the program without `service`";
  return [{ path: ["dataPlane", "network", "exceptionPath"], value, remedy }];
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
