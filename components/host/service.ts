import type { FleetNode, Service } from "../fleet/types";
import { formatCpuSet } from "./cpu-set";
import { nicKind } from "./nic-knowledge";
import { virtualFunctionAddress } from "./nics";
import type { HostPlan } from "./plan-schema";

/** Accounts, rights on vfio-bound functions and the service itself; of a node without a service, the groups of its hugepage mounts. */
export function planService(node: FleetNode): Pick<HostPlan, "accounts" | "vfioGroup" | "service"> {
  const { service, dataPlane, cpus } = node;
  const owners = [...new Set(node.hugepages.map(({ mount }) => mount.group).filter((name) => name !== "root"))];
  if (service === null || dataPlane === null) {
    return owners.length === 0 ? {} : { accounts: { groups: owners, users: [] } };
  }
  const { user, group, runtime, startSeconds } = service;
  const profile = dataPlane.configToml.profileOutput;
  const mount = node.hugepages.find(({ size }) => size === dataPlane.dpdkConf.memory.hugepageSize)?.mount;
  if (mount === undefined) throw new RangeError(`node ${node.name}: its data plane's hugepages are mounted nowhere`);
  const groups = mount.group === "root" || mount.group === group ? [] : [mount.group];
  return {
    accounts: { groups: [...new Set([group, ...owners])], users: [{ name: user, group, groups }] },
    vfioGroup: group,
    service: {
      runtime,
      user,
      group,
      configToml: dataPlane.configTomlPath,
      dpdkConf: dataPlane.dpdkConfPath,
      dataFolder: "/var/lib/pantheonchain",
      lcores: formatCpuSet(dataPlane.dpdkConf.global.lcores),
      housekeeping: formatCpuSet(cpus.housekeeping),
      hugepageMount: mount.path,
      functions: dataPlane.dpdkConf.ports.list.map(({ pci }) => pci),
      startSeconds,
      ...(nicModes(node).includes("bifurcated") ? { nicMode: "bifurcated" as const } : {}),
      ...planLog(service),
      ...(profile === null ? {} : { profile }),
      ...(service.coreDumps === undefined ? {} : { coreMiB: service.coreDumps.maxMiB }),
    },
  };
}

/**
 * How each port is reached: handed to vfio-pci, or left with a kernel driver that its PMD works through. Null: left with one that
 * no PMD works through.
 */
export function nicModes({ nics, hardware, dataPlane }: FleetNode): ("vfio" | "bifurcated" | null)[] {
  const modes = new Map<string, "vfio" | "bifurcated" | null>();
  for (const { name, bind, virtualFunctions } of nics) {
    const nic = hardware.nics.get(name);
    if (nic === undefined) continue;
    const { pci, sriov } = nic;
    const left = nicKind(nic).model === "bifurcated" ? "bifurcated" : null;
    modes.set(pci, bind === "vfio-pci" ? "vfio" : left);
    virtualFunctions.forEach(({ driver }, index) => {
      if (sriov === null) return;
      modes.set(virtualFunctionAddress(pci, sriov, index), driver === "vfio-pci" ? "vfio" : left);
    });
  }
  return (dataPlane?.dpdkConf.ports.list ?? []).map(({ pci }) => modes.get(pci) ?? null);
}

function planLog({ log }: Service): Pick<NonNullable<HostPlan["service"]>, "log"> {
  if (log?.file === undefined && log?.rate === undefined) return {};
  const { file, rate } = log;
  return { log: { ...(file === undefined ? {} : { file }), ...(rate === undefined ? {} : { rate: { ...rate } }) } };
}
