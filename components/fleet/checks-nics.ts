import { nicKind } from "../host/nic-knowledge";
import { virtualMacMistake } from "../host/nics";
import { cardOnDriverMistakes } from "./checks-cards";
import type { FleetProblem } from "./errors";
import { resettingSettings } from "./schema-nic-settings";
import { suggestion } from "./suggest";
import type { FleetNode, HardwareNic, NicRole } from "./types";

/**
 * What may become of a NIC: never the one that carries SSH, never a bifurcated one, never vfio-pci without an IOMMU.
 */
export function nicMistakes(node: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  node.nics.forEach((role, index) => {
    const path = ["nics", index];
    const hardware = node.hardware.nics.get(role.name);
    if (node.nics.findIndex((other) => other.name === role.name) !== index) {
      problems.push({
        path: [...path, "name"],
        value: role.name,
        remedy: "is listed twice; put its settings together",
      });
    }
    if (hardware === undefined) {
      const remedy = `is not in hardware.nics of ${node.name}; ${suggestion(role.name, [...node.hardware.nics.keys()])}`;
      problems.push({ path: [...path, "name"], value: role.name, remedy });
      return;
    }
    problems.push(
      ...wayInMistakes(node, role, hardware, path),
      ...bindMistakes(node, role, hardware, path),
      ...functionMistakes(role, hardware, path),
    );
  });
  return [...problems, ...addressMistakes(node)];
}

/**
 * Making functions on a card, binding it, and settings that reset it may take its link away: none is done to the one that carries
 * SSH. A reset that fails leaves a NIC that nobody can mend from afar, and no timer can undo it.
 */
function wayInMistakes(
  { name, hardware }: FleetNode,
  role: NicRole,
  nic: HardwareNic,
  path: readonly (string | number)[],
): FleetProblem[] {
  if (hardware.wayIn.includes(nic.pci)) {
    const resetting = resettingSettings(role.settings ?? {});
    if (resetting.length > 0) {
      const remedy =
        `changing ${resetting.join(", ")} may reset ${nic.pci}, which carries the SSH connection to ${name}; ` +
        "only offloads.gro, tso and gso are changed there";
      return [{ path: [...path, "settings"], value: role.settings, remedy }];
    }
    if (role.bind === null && role.virtualFunctions.length === 0 && role.settings !== null) return [];
    const remedy = `is ${nic.pci}, which carries the SSH connection to ${name}; choose another NIC`;
    return [{ path: [...path, "name"], value: role.name, remedy }];
  }
  const neighbour = [...hardware.nics.values()].find(
    (other) => hardware.wayIn.includes(other.pci) && other.iommuGroup !== null && other.iommuGroup === nic.iommuGroup,
  );
  if (neighbour === undefined || role.bind === null) return [];
  const remedy =
    `shares IOMMU group ${nic.iommuGroup} with ${neighbour.pci}, which carries the SSH connection; ` +
    "a group is bound as a whole, choose another NIC";
  return [{ path: [...path, "name"], value: role.name, remedy }];
}

function bindMistakes(
  node: FleetNode,
  role: NicRole,
  nic: HardwareNic,
  path: readonly (string | number)[],
): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const handed = [
    ...(role.bind === null ? [] : [{ path: [...path, "bind"], driver: role.bind as string }]),
    ...role.virtualFunctions.map(({ driver }, f) => ({ path: [...path, "virtualFunctions", f, "driver"], driver })),
  ];
  if (role.bind !== null && role.virtualFunctions.length > 0) {
    problems.push({
      path: [...path, "bind"],
      value: role.bind,
      remedy: "leaves no card to make virtualFunctions on; keep one of the two",
    });
  }
  // DPDK drives a bifurcated card where it is: to be listed is to be used.
  if (handed.length === 0 && role.settings === null && nicKind(nic).model !== "bifurcated") {
    problems.push({
      path,
      value: role.name,
      remedy: "says neither bind nor virtualFunctions nor settings; say one, or leave the NIC out",
    });
  }
  if (role.bind !== null && role.settings !== null) {
    const remedy = `are those of ${nic.driver}, and ${role.bind} takes the card from it; keep one of the two`;
    problems.push({ path: [...path, "settings"], remedy });
  }
  for (const { path: where, driver } of handed) {
    if (/uio/.test(driver)) {
      problems.push({
        path: where,
        value: driver,
        remedy: "knows no IOMMU and is refused under kernel lockdown; use vfio-pci",
      });
    }
    if (driver !== "vfio-pci") continue;
    if (node.kernel.iommu === "off" && !node.kernel.vfioNoIommu) {
      problems.push({ path: where, value: driver, remedy: "needs the IOMMU; set kernel.iommu to intel or amd" });
    }
  }
  return [...problems, ...cardOnDriverMistakes(role.name, nic, handed)];
}

function functionMistakes(role: NicRole, nic: HardwareNic, path: readonly (string | number)[]): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const { length } = role.virtualFunctions;
  if (length > 0 && nic.sriov !== null && length > nic.sriov.total) {
    const remedy = `${length} virtual functions, and the card has ${nic.sriov.total} at most (hardware.nics.${role.name}.sriov.total)`;
    problems.push({ path: [...path, "virtualFunctions"], remedy });
  }
  role.virtualFunctions.forEach(({ mac }, f) => {
    const mistake = virtualMacMistake(mac);
    if (mistake !== null) problems.push({ path: [...path, "virtualFunctions", f, "mac"], value: mac, remedy: mistake });
  });
  return problems;
}

function addressMistakes({ hardware }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const seen = new Map<string, string>();
  for (const [name, { pci }] of hardware.nics) {
    const other = seen.get(pci);
    if (other === undefined) seen.set(pci, name);
    else
      problems.push({
        path: ["hardware", "nics", name, "pci"],
        value: pci,
        remedy: `is the address of ${other} already`,
      });
  }
  return problems;
}
