import { CPU_ROLES, type CpuRoles, rolesOf } from "../host/cpu-roles";
import { type CpuSet, difference, parseCpuSet } from "../host/cpu-set";
import type { HugepageSize } from "../host/hugepages";
import { parseMemoryKiB } from "../host/memory-size";
import type { FleetProblem } from "./errors";
import { resolveDataPlane } from "./resolve-data-plane";
import { resolveSsh, type Surroundings } from "./resolve-ssh";
import { resolveTuning } from "./resolve-tuning";
import type { NodeInput } from "./schema";
import type { HardwareInput, MachineInput } from "./schema-hardware";
import type { RequirementsInput } from "./schema-requirements";
import type { FleetMachine, FleetNode, Hardware, HardwareNic, NumaNode, Requirements } from "./types";

type Path = readonly (string | number)[];

/** Collects problems while texts become values. */
interface Reader {
  readonly problems: FleetProblem[];
  cpus(text: string | number, path: Path): CpuSet;
}

function reader(problems: FleetProblem[]): Reader {
  return {
    problems,
    cpus(text, path) {
      const set = parseCpuSet(String(text));
      if (set === null) problems.push({ path, value: text, remedy: 'must be a CPU list such as "0-3,8"' });
      return set ?? [];
    },
  };
}

export function resolveMachine(name: string, input: MachineInput, problems: FleetProblem[]): FleetMachine {
  const read = reader(problems);
  const base = ["machines", name];
  const numaNodes = input.numaNodes.map((numaNode, index) =>
    readNumaNode(numaNode, [...base, "numaNodes", index], read),
  );
  const { index, accelerator, firmware, login, direct, worker } = input;
  const cpus = read.cpus(input.cpus, [...base, "cpus"]);
  return { name, index, cpus, numaNodes, accelerator, firmware, login, direct, worker };
}

/** A node in plain values; null where it cannot be told, with the reason in `problems` (paths below the node). */
export function resolveNode(
  name: string,
  input: NodeInput,
  around: Surroundings,
  problems: FleetProblem[],
): FleetNode | null {
  const before = problems.length;
  const read = reader(problems);
  const machine = around.machines.find((known) => known.name === input.machine) ?? null;
  const ssh = resolveSsh(name, input.ssh, input.machine, around, problems);
  const hardware = resolveHardware(input.hardware, machine, read);
  const isolated = read.cpus(input.cpus.isolated, ["cpus", "isolated"]);
  const named =
    input.cpus.housekeeping === undefined ? null : read.cpus(input.cpus.housekeeping, ["cpus", "housekeeping"]);
  const roles = input.cpus.roles === undefined ? null : resolveRoles(input.cpus.roles, read);
  if (ssh === null || hardware === null || problems.length > before) return null;
  const housekeeping = named ?? difference(hardware.cpus, isolated);
  const hugepages = input.hugepages.map(({ size, pages, mount }, index) => {
    const path = mount.path ?? defaultMount(size, index);
    return { size, pages, mount: { path, mode: mount.mode, owner: mount.owner, group: mount.group } };
  });
  const nics = input.nics.map((nic) => ({
    name: nic.name,
    bind: nic.bind ?? null,
    virtualFunctions: nic.virtualFunctions ?? [],
    settings: nic.settings ?? null,
  }));
  const node = {
    name,
    profile: input.profile ?? null,
    machine: input.machine ?? null,
    ssh,
    hardware,
    requirements: readRequirements(input.requirements, problems),
    cpus: { housekeeping, isolated, roles },
    hugepages,
    kernel: input.kernel,
    nics,
    sysctl: Object.entries(input.sysctl).map(([key, value]) => ({ key, value: String(value) })),
    packages: input.packages,
    acceptUnproved: input.acceptUnproved,
    packageManager: input.packageManager,
    holdPackages: input.holdPackages,
    holdKernel: input.holdKernel,
    dpdk: input.dpdk ?? null,
    files: input.files.map(({ path, mode, owner, group, content }) => ({ path, mode, owner, group, content })),
    memlockGroups: input.memlockGroups ?? [],
    limits: input.limits,
    kubelet: input.kubelet ?? null,
    tuning: input.tuning === undefined ? null : resolveTuning(input.tuning),
  };
  const dataPlane = input.dataPlane === undefined ? null : resolveDataPlane(input.dataPlane, node, read.cpus, problems);
  return { ...node, dataPlane, service: input.service ?? null };
}

function readRequirements(input: RequirementsInput | undefined, problems: FleetProblem[]): Requirements | null {
  if (input === undefined) return null;
  const { memory, kernel, cpuFlags } = input;
  const memoryKiB = memory === undefined ? null : parseMemoryKiB(memory);
  if (memory !== undefined && memoryKiB === null) {
    problems.push({
      path: ["requirements", "memory"],
      value: memory,
      remedy: "must be a size of whole KiB such as 32G",
    });
  }
  return { memoryKiB, kernel: kernel ?? null, cpuFlags: cpuFlags ?? [] };
}

function resolveRoles(input: NonNullable<NodeInput["cpus"]["roles"]>, read: Reader): CpuRoles {
  const given = CPU_ROLES.flatMap((role) => {
    const text = input[role];
    return text === undefined ? [] : [[role, read.cpus(text, ["cpus", "roles", role])] as const];
  });
  return rolesOf(Object.fromEntries(given));
}

function defaultMount(size: HugepageSize, index: number): string {
  return index === 0 ? "/mnt/huge" : `/mnt/huge-${size.toLowerCase()}`;
}

function readNumaNode(input: { cpus: string | number; memory: string }, path: Path, read: Reader): NumaNode {
  const memoryKiB = parseMemoryKiB(input.memory);
  if (memoryKiB === null) {
    read.problems.push({
      path: [...path, "memory"],
      value: input.memory,
      remedy: "must be a size of whole KiB such as 1536M",
    });
  }
  return { cpus: read.cpus(input.cpus, [...path, "cpus"]), memoryKiB: memoryKiB ?? 0 };
}

function resolveHardware(
  input: HardwareInput | undefined,
  machine: FleetMachine | null,
  read: Reader,
): Hardware | null {
  const base = ["hardware"];
  if (input === undefined) return null; // told with the settings
  const cpus = input.cpus === undefined ? machine?.cpus : read.cpus(input.cpus, [...base, "cpus"]);
  const numaNodes =
    input.numaNodes?.map((numaNode, index) => readNumaNode(numaNode, [...base, "numaNodes", index], read)) ??
    machine?.numaNodes;
  if (cpus === undefined)
    read.problems.push({ path: [...base, "cpus"], remedy: "is missing; write the CPUs that are online, such as 0-15" });
  if (numaNodes === undefined)
    read.problems.push({
      path: [...base, "numaNodes"],
      remedy: "is missing; list each NUMA node with cpus and memory",
    });
  const { wayIn, kernel = "6.1" } = input;
  if (wayIn === undefined)
    read.problems.push({
      path: [...base, "wayIn"],
      remedy:
        "is missing; list the PCI addresses of the devices that carry SSH (facts: wayIn.pci), which are never touched",
    });
  if (cpus === undefined || numaNodes === undefined || wayIn === undefined) return null;
  const nics = new Map(Object.entries(input.nics).map(([name, nic]): [string, HardwareNic] => [name, readNic(nic)]));
  const smtSiblings = input.smtSiblings.map((group, index) => read.cpus(group, [...base, "smtSiblings", index]));
  return { cpus, kernel, numaNodes, smtSiblings, nics, wayIn };
}

function readNic({ pci, mac, id, driver, numaNode, iommuGroup, sriov }: HardwareInput["nics"][string]): HardwareNic {
  return { pci, mac, id: id ?? null, driver, numaNode, iommuGroup: iommuGroup ?? null, sriov: sriov ?? null };
}
