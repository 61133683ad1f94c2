import type { Fleet, FleetNode } from "../fleet/types";
import { renderConfigToml } from "./config-toml";
import { formatCpuSet } from "./cpu-set";
import { renderDpdkConf } from "./dpdk-conf";
import { type KernelSettings, kernelArguments } from "./kernel-arguments";
import { planKubelet } from "./kubelet";
import { nicKind } from "./nic-knowledge";
import { planPackages } from "./packages";
import type { HostPlan } from "./plan-schema";
import { planService } from "./service";
import { settingsFiles } from "./service-files";
import { planTuning, tuningArguments, tuningSysctl } from "./tuning";

export type { HostPlan };

/**
 * All that one node must be, from the fleet file alone: a preview needs no node.
 *
 * @example
 * const plan = hostPlan(loadFleet("stacks/lab.fleet.yaml"), "alpha");
 */
export function hostPlan(fleet: Fleet, nodeName: string): HostPlan {
  const node = fleet.nodes.find((candidate) => candidate.name === nodeName);
  if (node === undefined) throw new RangeError(`${fleet.file}: there is no node ${nodeName}`);
  return {
    version: 1,
    node: node.name,
    kernel: {
      arguments: kernelArguments(kernelSettings(node)),
      panicSeconds: node.kernel.panicSeconds,
      trialSeconds: node.kernel.trialSeconds,
    },
    ...(node.acceptUnproved.length === 0 ? {} : { acceptUnproved: [...node.acceptUnproved] }),
    ...planPackages(node),
    modules: [...(usesVfio(node) ? ["vfio-pci"] : []), ...bifurcatedModules(node)],
    hugepages: node.hugepages.flatMap(({ size, pages }) =>
      pages.map((count, numaNode) => ({ size, numaNode, pages: count })),
    ),
    hugepageMounts: node.hugepages.map(({ size, mount: { path, mode, owner, group } }) => ({
      path,
      size,
      mode,
      owner,
      group,
    })),
    ...planRequirements(node),
    cpus: {
      online: formatCpuSet(node.hardware.cpus),
      housekeeping: formatCpuSet(node.cpus.housekeeping),
      isolated: formatCpuSet(node.cpus.isolated),
    },
    memory: node.hardware.numaNodes.map(({ memoryKiB }, numaNode) => ({ numaNode, kib: memoryKiB })),
    wayIn: [...node.hardware.wayIn],
    nics: planNics(node),
    ...(node.kernel.vfioNoIommu ? { vfioNoIommu: true } : {}),
    ...planService(node),
    ...planKubelet(node),
    ...planTuning(node.tuning),
    sysctl: planSysctl(node),
    files: planFiles(node),
    limits: { confirmSeconds: node.limits.confirmSeconds, packagesSeconds: node.limits.packagesSeconds },
  };
}

export function kernelSettings({ kernel, hardware, hugepages, cpus, tuning }: FleetNode): KernelSettings {
  const { iommu, isolcpus, nohzFull, rcuNocbs, extraArguments } = kernel;
  return {
    release: hardware.kernel,
    iommu,
    hugepages,
    isolated: cpus.isolated,
    isolcpus,
    nohzFull,
    rcuNocbs,
    tuning: tuningArguments(tuning, cpus.housekeeping),
    extraArguments,
  };
}

/** The operator's own first; what tuning asks for and stands there already is not written twice. */
function planSysctl({ sysctl, tuning, cpus }: FleetNode): HostPlan["sysctl"] {
  const own = sysctl.map(({ key, value }) => ({ key, value }));
  const said = new Set(own.map(({ key }) => key.replaceAll("/", ".")));
  return [...own, ...tuningSysctl(tuning, cpus.housekeeping).filter(({ key }) => !said.has(key))];
}

function usesVfio({ nics }: FleetNode): boolean {
  return nics.some(
    (nic) => nic.bind === "vfio-pci" || nic.virtualFunctions.some(({ driver }) => driver === "vfio-pci"),
  );
}

/** What DPDK needs to work through the kernel driver of a card that stays with it. */
function bifurcatedModules({ nics, hardware }: FleetNode): string[] {
  const kinds = nics.flatMap(({ name }) => hardware.nics.get(name) ?? []).map(nicKind);
  return [...new Set(kinds.flatMap(({ modules }) => modules))];
}

function planRequirements({ requirements }: FleetNode): Pick<HostPlan, "requirements"> {
  if (requirements === null) return {};
  const { memoryKiB, kernel, cpuFlags } = requirements;
  return {
    requirements: {
      ...(memoryKiB === null ? {} : { memoryKiB }),
      ...(kernel === null ? {} : { kernel }),
      ...(cpuFlags.length === 0 ? {} : { cpuFlags: [...cpuFlags] }),
    },
  };
}

/** The cards of a node, with what is done to each. */
export function planNics({ name: node, nics, hardware }: FleetNode): HostPlan["nics"] {
  return nics.map(({ name, bind, virtualFunctions, settings }) => {
    const nic = hardware.nics.get(name);
    if (nic === undefined) throw new RangeError(`node ${node}: there is no NIC ${name}`);
    return {
      name,
      pci: nic.pci,
      mac: nic.mac,
      ...(nic.id === null ? {} : { id: nic.id }),
      driver: nic.driver,
      ...(bind === null ? {} : { bind }),
      virtualFunctions: virtualFunctions.map(({ mac, driver, trust }, index) => ({
        index,
        mac,
        driver,
        ...(trust ? { trust } : {}),
      })),
      ...(settings === null ? {} : { settings }),
    };
  });
}

function planFiles(node: FleetNode): HostPlan["files"] {
  const { dataPlane, files } = node;
  const rendered = (path: string, content: string) => ({ path, mode: "0644", owner: "root", group: "root", content });
  const own = [
    ...files.map(({ path, mode, owner, group, content }) => ({ path, mode, owner, group, content })),
    ...settingsFiles(node).map(({ path, content }) => rendered(path, content)),
  ];
  if (dataPlane === null) return own;
  return [
    rendered(dataPlane.dpdkConfPath, renderDpdkConf(dataPlane.dpdkConf)),
    rendered(dataPlane.configTomlPath, renderConfigToml(dataPlane.configToml)),
    ...own,
  ];
}
