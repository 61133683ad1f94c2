import { loadConnections } from "../../components/fleet/load";
import { type Facts, type FactsNic, parseFacts, triesOnce } from "../../components/host/facts";
import { askOrFail } from "./agent";
import { CommandLineError } from "./errors";
import type { AgentCall } from "./lab/status";
import { columns } from "./layout";
import { type FleetOption, fleetFileOf, withNodes } from "./nodes";

/** `dpdk-fleet facts NODE`: what a server is, whether or not it is a node already. Changes nothing. */
export async function facts(node: string, options: FleetOption & { json?: boolean }): Promise<void> {
  const fleet = loadConnections(fleetFileOf(options));
  const text = await withNodes(fleet, [node], ([call]) => factsText(call as AgentCall), options);
  process.stdout.write(options.json === true ? text : `${factsTable(parseFacts(text))}\n`);
}

/** The facts as the node's agent told them: right ones, on one line. */
export async function factsText(call: AgentCall): Promise<string> {
  const text = await askOrFail(call, ["facts"]);
  try {
    parseFacts(text);
  } catch (error) {
    throw new CommandLineError(`the agent of ${call.node} answered ${(error as Error).message}`, "report this");
  }
  return text;
}

/** For people: a row a subject. */
export function factsTable(found: Facts): string {
  const { kernel, cpus, bootLoader, limits } = found;
  const cores = cpus.smtSiblings.length;
  return columns([
    [["host"], [found.hostname ?? "without a name"]],
    [["kernel"], [`${kernel.release}, lockdown ${kernel.lockdown}`, kernel.arguments.join(" ")]],
    [
      ["CPUs"],
      [`${cpus.online} on ${cores} cores${cpus.model ? `, ${cpus.model}` : ""}; isolated: ${cpus.isolated || "none"}`],
    ],
    [
      ["NUMA nodes"],
      found.numaNodes.map(({ id, cpus: of, memoryKiB }) => `${id}: CPUs ${of || "none"}, ${gib(memoryKiB)}`),
    ],
    [
      ["hugepages"],
      found.hugepages.map(({ size, numaNode, pages }) => `${size} on NUMA node ${numaNode}: ${pages ?? "unknown"}`),
    ],
    [["IOMMU"], [limits.iommuGroups === 0 ? "no groups: off, or not there" : `${limits.iommuGroups} groups`]],
    [["NICs"], found.nics.map((nic) => nicLine(nic, found))],
    [
      ["way in"],
      [`${found.wayIn.interfaces.join(", ") || "not over a NIC"} (${found.wayIn.pci.join(", ") || "no PCI device"})`],
    ],
    [
      ["boot loader"],
      [triesOnce(found) ? `${bootLoader.kind}, tries arguments once` : `${bootLoader.kind}: ${bootLoader.reason}`],
    ],
  ]).join("\n");
}

function nicLine(nic: FactsNic, { wayIn }: Facts): string {
  const parts = [
    `${nic.pci} ${nic.card ?? `${nic.vendor}:${nic.device}`} ${nic.driver ?? "no driver"}`,
    nic.interface === null
      ? "no interface"
      : `${nic.interface} ${nic.mac}${nic.carrier === true ? "" : ", no carrier"}`,
    nic.numaNode === null ? "NUMA node not told" : `NUMA node ${nic.numaNode}`,
    nic.iommuGroup === null ? "no IOMMU group" : `IOMMU group ${nic.iommuGroup}`,
    ...(nic.virtualFunctionOf === null
      ? [`${nic.sriovTotal} virtual functions at most`]
      : [`of ${nic.virtualFunctionOf}`]),
    ...(wayIn.pci.includes(nic.pci) ? ["carries SSH"] : []),
    ...(nic.carries?.length ? [`in use: ${nic.carries.join(", ")}`] : []),
  ];
  return parts.join("; ");
}

function gib(kiB: number | null): string {
  return kiB === null ? "memory unknown" : `${(kiB / 1024 / 1024).toFixed(1)} GiB`;
}
