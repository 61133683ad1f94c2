import { CPU_ROLES, proposeCpuRoles } from "../host/cpu-roles";
import { formatCpuSet, parseCpuSet } from "../host/cpu-set";
import { type Facts, triesOnce } from "../host/facts";
import type { ConnectionLines } from "./propose-connection";
import { proposeHugepages } from "./propose-memory";
import { functionMac, idOf, isInUse, type ProposedNic, proposeNics } from "./propose-nics";

/** What a proposal is made of. */
export interface ProposalSource {
  readonly facts: Facts;
  /** The node's name in the fleet file, and its profile's. */
  readonly name: string;
  readonly site: string;
  /** How the node is entered; null where only its facts are known. */
  readonly connection: ConnectionLines | null;
}

/**
 * A fleet file for one server from its facts, each choice with its reason: a profile with what servers of this kind share, and the
 * node with what is its own. Throws a RangeError, one line with a remedy, where no proposal can be made.
 *
 * @example
 * const text = propose({ facts, name: "validator-07", site: "fra1", connection: null });
 */
export function propose({ facts, name, site, connection }: ProposalSource): string {
  refuseUnusable(facts);
  const nics = proposeNics(facts);
  return [
    `# Proposed for ${name} from its facts${facts.hostname === null ? "" : ` (host ${facts.hostname})`}. Read it, change what you know better, then`,
    "# take it as it stands, or put profile and node into a fleet file that you have.",
    "",
    "version: 1",
    `site: ${site}`,
    ...(connection === null ? [] : connection.machines),
    "",
    "profiles:",
    `  ${name}: # what servers of this kind share`,
    ...indented(4, [...hardware(facts, nics), ...cpus(facts, nics), ...hugepages(facts), ...kernel(facts)]),
    "",
    "nodes:",
    `  ${name}: # what is this server's own`,
    ...indented(4, [`profile: ${name}`, ...connectionOf(connection, facts), ...addresses(nics), ...roles(nics)]),
    "",
  ].join("\n");
}

function refuseUnusable({ numaNodes, wayIn }: Facts): void {
  if (numaNodes.some(({ id }, index) => id !== index)) {
    const ids = numaNodes.map(({ id }) => id).join(", ");
    throw new RangeError(`the NUMA nodes are ${ids}, a fleet file counts them from 0 without a gap; write it by hand`);
  }
  const empty = numaNodes.find(({ memoryKiB }) => (memoryKiB ?? 0) < 1024);
  if (empty !== undefined) {
    throw new RangeError(`NUMA node ${empty.id} has no memory; put memory into its slots, and ask for the facts again`);
  }
  if (wayIn.pci.length === 0) {
    throw new RangeError(
      "the facts do not tell which NIC carries SSH; ask for them over SSH, where it comes over a PCI device",
    );
  }
}

function hardware(facts: Facts, nics: readonly ProposedNic[]): string[] {
  const { kernel: running, cpus: found, numaNodes, wayIn } = facts;
  const release = /^\d+\.\d+/.exec(running.release)?.[0] ?? "";
  const shared = found.smtSiblings.filter((core) => (parseCpuSet(core) ?? []).length > 1);
  return [
    "hardware: # as the node agent found it; it refuses a plan that its node contradicts",
    `  cpus: ${quoted(found.online)}`,
    `  kernel: ${quoted(release)} # ${running.release} runs`,
    "  numaNodes: # memory in whole MiB, rounded down",
    ...numaNodes.map(
      ({ cpus: of, memoryKiB }) => `    - { cpus: ${quoted(of)}, memory: ${Math.floor((memoryKiB ?? 0) / 1024)}M }`,
    ),
    ...(shared.length === 0
      ? []
      : [
          `  smtSiblings: [${shared.map(quoted).join(", ")}] # a core is isolated with both of its threads, or not at all`,
        ]),
    `  wayIn: [${wayIn.pci.map(quoted).join(", ")}] # ${wayIn.interfaces.join(", ")} carries SSH: nothing touches it`,
    nics.length === 0 ? "  nics: {} # none but the way in: a data plane needs one more" : "  nics:",
    ...nics.flatMap((one) => indented(4, nicLines(one))),
  ];
}

function nicLines({ name, nic }: ProposedNic): string[] {
  const about = [
    `${nic.interface ?? "no interface"}, ${nic.card ?? "a card that the knowledge base does not know"}`,
    ...(nic.carrier === true ? [] : ["no carrier now"]),
    ...(isInUse(nic) ? [`in use: ${nic.carries?.join(", ")}`] : []),
  ];
  const { sriov } = nic;
  return [
    `${name}: # ${about.join("; ")}`,
    `  pci: ${quoted(nic.pci)}`,
    ...(idOf(nic) === null ? [] : [`  id: ${quoted(idOf(nic) ?? "")}`]),
    `  driver: ${nic.driver}`,
    ...(nic.numaNode === null ? [] : [`  numaNode: ${nic.numaNode}`]),
    ...(nic.iommuGroup === null ? [] : [`  iommuGroup: ${nic.iommuGroup}`]),
    ...(sriov == null || sriov.total === 0
      ? []
      : [
          `  sriov: { total: ${sriov.total}, offset: ${sriov.offset}, stride: ${sriov.stride} } # says where the functions appear`,
        ]),
  ];
}

function cpus({ cpus: found, numaNodes }: Facts, nics: readonly ProposedNic[]): string[] {
  const { housekeeping, isolated, roles } = proposeCpuRoles({
    cpus: parseCpuSet(found.online) ?? [],
    numaNodes: numaNodes.map(({ cpus: of }) => parseCpuSet(of) ?? []),
    smtSiblings: found.smtSiblings.map((core) => parseCpuSet(core) ?? []),
    nicNumaNode: nics[0]?.nic.numaNode ?? -1,
  });
  if (isolated.length === 0) {
    throw new RangeError(
      `CPUs ${found.online} leave none to isolate; a DPDK node needs two cores on a NUMA node at least`,
    );
  }
  return [
    "cpus: # a change reboots the node",
    `  housekeeping: ${quoted(formatCpuSet(housekeeping))} # a quarter of each NUMA node's cores, CPU 0, which keeps the time, among them`,
    `  isolated: ${quoted(formatCpuSet(isolated))} # for the data plane alone`,
    "  roles: # which of them does what; those that poll are near the card where there is room",
    ...CPU_ROLES.filter((role) => roles[role].length > 0).map(
      (role) => `    ${role}: ${quoted(formatCpuSet(roles[role]))}`,
    ),
  ];
}

function hugepages(facts: Facts): string[] {
  const { pool, why } = proposeHugepages(facts);
  return [
    "hugepages:",
    `  # ${why}.`,
    `  - size: ${pool.size}`,
    `    pages: [${pool.pages.join(", ")}] # on each NUMA node`,
  ];
}

function kernel(facts: Facts): string[] {
  const { iommu, why } = iommuOf(facts);
  const { kind, reason } = facts.bootLoader;
  return [
    "kernel:",
    `  iommu: ${iommu} # ${why}`,
    ...(triesOnce(facts)
      ? []
      : [`  # Arguments cannot be tried in one boot here (${kind}): ${reason}. Set them by hand first.`]),
  ];
}

/** The firmware's own table says which IOMMU there is; an emulated CPU may be of another vendor than its IOMMU. */
function iommuOf({ limits, kernel: running, cpus: found }: Facts): { iommu: "intel" | "amd"; why: string } {
  if (limits.iommuTable === "DMAR") return { iommu: "intel", why: "the firmware describes one of Intel's (DMAR)" };
  if (limits.iommuTable === "IVRS") return { iommu: "amd", why: "the firmware describes one of AMD's (IVRS)" };
  for (const iommu of ["intel", "amd"] as const) {
    const token = running.arguments.find((argument) => argument.startsWith(`${iommu}_iommu=`));
    if (token !== undefined) return { iommu, why: `${token} runs` };
  }
  const vendor = /^\w+/.exec(found.model ?? "")?.[0] ?? "";
  // Hygon's CPUs are made after AMD's design.
  const iommu = { Intel: "intel", AMD: "amd", Hygon: "amd" }[vendor] as "intel" | "amd" | undefined;
  if (iommu !== undefined) {
    return { iommu, why: `the CPU is ${found.model}; the firmware describes no IOMMU: turn VT-d or AMD-Vi on there` };
  }
  throw new RangeError(
    "neither firmware, kernel arguments nor CPU tell whose IOMMU this server has; turn VT-d or AMD-Vi on in the firmware, and ask for the facts again",
  );
}

function connectionOf(connection: ConnectionLines | null, { hostname }: Facts): string[] {
  if (connection !== null) return connection.node;
  return [
    "ssh:",
    `  # host: ${hostname ?? "NAME"}`,
    "  # hostKey: ssh-ed25519 AAAA… # `ssh-keyscan -t ed25519 HOST`, compared with the server's console",
    "  user: root",
  ];
}

function addresses(nics: readonly ProposedNic[]): string[] {
  if (nics.length === 0) return [];
  return ["hardware:", "  nics:", ...nics.map(({ name, nic }) => `    ${name}: { mac: ${quoted(nic.mac)} }`)];
}

/** One idle card is given away; what else could be is left to the person, who knows what it carries. */
function roles(nics: readonly ProposedNic[]): string[] {
  const [first, ...others] = nics;
  if (first === undefined) return [];
  if (isInUse(first.nic)) {
    const lines = nics.flatMap((each) => indented(2, roleLines(each)));
    return ["nics: # no card beside the way in is idle; give one away when nothing needs it", ...lines].map(commented);
  }
  return ["nics:", ...indented(2, roleLines(first)), ...indented(2, others.flatMap(roleLines).map(commented))];
}

function roleLines({ name, nic, use }: ProposedNic): string[] {
  if (use === "kernel") return [`- name: ${name} # its PMD works on top of ${nic.driver}, which keeps the card`];
  if (use === "whole") {
    return [
      `- name: ${name} # whatever uses ${nic.interface} loses it: the card has no virtual functions`,
      "  bind: vfio-pci",
    ];
  }
  return [
    `- name: ${name} # the card itself stays with ${nic.driver}`,
    "  virtualFunctions:",
    `    - mac: ${quoted(functionMac(nic.mac, 0))} # made from the card's own address; any locally administered one will do`,
  ];
}

function commented(line: string): string {
  return `# ${line}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function indented(by: number, lines: readonly string[]): string[] {
  return lines.map((line) => `${" ".repeat(by)}${line}`);
}
