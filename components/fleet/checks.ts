import { difference, formatCpuSet, intersection } from "../host/cpu-set";
import { hugepageMisfits } from "../host/hugepages";
import {
  argumentKey,
  extraArgumentMistake,
  kernelArguments,
  MAX_ARGUMENTS_LENGTH,
  takesPagesPerNumaNode,
} from "../host/kernel-arguments";
import { kernelSettings } from "../host/plan";
import { identityMistakes } from "./checks-cards";
import { dataPlaneProblems } from "./checks-data-plane";
import { fileMistakes, sysctlMistakes } from "./checks-files";
import { kubeletMistakes } from "./checks-kubelet";
import { nicMistakes } from "./checks-nics";
import { packageMistakes } from "./checks-packages";
import { requirementMistakes } from "./checks-requirements";
import { rolesMistakes } from "./checks-roles";
import { tuningMistakes } from "./checks-tuning";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/** What the values of one node mean together; paths below the node. */
export function nodeMistakes(node: FleetNode): FleetProblem[] {
  return [
    ...hardwareMistakes(node),
    ...cpuMistakes(node),
    ...rolesMistakes(node),
    ...pageMistakes(node),
    ...kernelMistakes(node),
    ...nicMistakes(node),
    ...identityMistakes(node),
    ...requirementMistakes(node),
    ...packageMistakes(node),
    ...sysctlMistakes(node),
    ...tuningMistakes(node),
    ...fileMistakes(node),
    ...dataPlaneProblems(node),
    ...kubeletMistakes(node),
  ];
}

function hardwareMistakes({ name, hardware }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  hardware.numaNodes.forEach((numaNode, index) => {
    const foreign = difference(numaNode.cpus, hardware.cpus);
    if (foreign.length === 0) return;
    const remedy = `CPU ${formatCpuSet(foreign)} is not in hardware.cpus ${formatCpuSet(hardware.cpus)} of ${name}`;
    problems.push({ path: ["hardware", "numaNodes", index, "cpus"], value: formatCpuSet(numaNode.cpus), remedy });
  });
  return problems;
}

/** Every CPU is in exactly one of the two sets, CPU 0 and at least one more in the right one, and no core is split. */
function cpuMistakes({ name, cpus, hardware }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const { isolated, housekeeping } = cpus;
  const say = (key: "isolated" | "housekeeping", remedy: string) =>
    problems.push({ path: ["cpus", key], value: formatCpuSet(cpus[key]), remedy });
  for (const key of ["isolated", "housekeeping"] as const) {
    if (cpus[key].length === 0) say(key, "must have at least one CPU");
    const foreign = difference(cpus[key], hardware.cpus);
    if (foreign.length > 0)
      say(key, `${name} has no CPU ${formatCpuSet(foreign)}; choose among ${formatCpuSet(hardware.cpus)}`);
  }
  const both = intersection(isolated, housekeeping);
  if (both.length > 0) say("housekeeping", `CPU ${formatCpuSet(both)} is isolated too; a CPU is one or the other`);
  const neither = difference(hardware.cpus, [...isolated, ...housekeeping]);
  if (neither.length > 0)
    say("housekeeping", `CPU ${formatCpuSet(neither)} of ${name} is in neither set; add it here or to isolated`);
  // nohz_full never takes the boot CPU: it keeps the time (Documentation/admin-guide/kernel-parameters, nohz_full=).
  if (isolated.includes(0))
    say("isolated", "CPU 0 keeps the time for the others and cannot be isolated; leave it to housekeeping");
  hardware.smtSiblings.forEach((core) => {
    const inside = intersection(core, isolated);
    if (inside.length === 0 || inside.length === core.length) return;
    say(
      "isolated",
      `CPUs ${formatCpuSet(core)} share a core; isolate ${formatCpuSet(difference(core, isolated))} too, or none of them`,
    );
  });
  return problems;
}

function pageMistakes({ hugepages, hardware }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const misfits = hugepageMisfits(
    hugepages,
    hardware.numaNodes.map((numaNode) => numaNode.memoryKiB),
  );
  for (const { pool, numaNode, reason } of misfits) {
    const path = [
      "hugepages",
      ...(pool === null ? [] : [pool]),
      ...(pool === null || numaNode === null ? [] : ["pages", numaNode]),
    ];
    const value = pool === null || numaNode === null ? undefined : hugepages[pool]?.pages[numaNode];
    problems.push({ path, value, remedy: reason });
  }
  hugepages.forEach(({ size, pages, mount }, index) => {
    const uneven = size === "1G" && pages.some((count) => count !== pages[0]);
    if (uneven && !takesPagesPerNumaNode(hardware.kernel)) {
      const remedy =
        `kernel ${hardware.kernel} spreads 1G pages evenly at boot and cannot move them; ` +
        "give each NUMA node as many, or boot 5.16 or newer";
      problems.push({ path: ["hugepages", index, "pages"], value: pages, remedy });
    }
    if (hugepages.findIndex((other) => other.mount.path === mount.path) !== index) {
      const remedy = "is the mount of another page size; choose another folder";
      problems.push({ path: ["hugepages", index, "mount", "path"], value: mount.path, remedy });
    }
  });
  return problems;
}

function kernelMistakes(node: FleetNode): FleetProblem[] {
  const problems = noIommuMistakes(node);
  const extra = node.kernel.extraArguments;
  extra.forEach((token, index) => {
    const path = ["kernel", "extraArguments", index];
    const mistake = extraArgumentMistake(token);
    if (mistake !== null) problems.push({ path, value: token, remedy: mistake });
    if (extra.indexOf(token) !== index)
      problems.push({ path, value: token, remedy: `${argumentKey(token)} is there already; remove one` });
  });
  const length = kernelArguments(kernelSettings(node)).join(" ").length;
  if (length > MAX_ARGUMENTS_LENGTH) {
    const remedy =
      `the arguments are ${length} characters long, and the kernel drops what is too long without a word; ` +
      `${MAX_ARGUMENTS_LENGTH} at most`;
    problems.push({ path: ["kernel", "extraArguments"], remedy });
  }
  return problems;
}

/**
 * The service has no capability. Without IOMMU the kernel opens a NIC for CAP_SYS_RAWIO alone (drivers/vfio/group.c), and DPDK needs
 * physical addresses, which it reads with CAP_SYS_ADMIN (fs/proc/task_mmu.c).
 */
function noIommuMistakes({ kernel, service }: FleetNode): FleetProblem[] {
  if (!kernel.vfioNoIommu) return [];
  const path = ["kernel", "vfioNoIommu"];
  const say = (remedy: string): FleetProblem => ({ path, value: true, remedy });
  return [
    ...(kernel.iommu === "off" ? [] : [say(`contradicts kernel.iommu: ${kernel.iommu}; keep one of the two`)]),
    ...(service === null
      ? []
      : [
          say(
            "lets only a process with capabilities drive a NIC, and the service has none; use an IOMMU, or leave out service",
          ),
        ]),
  ];
}
