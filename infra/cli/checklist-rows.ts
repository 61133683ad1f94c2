import { parseCpuSet } from "../../components/host/cpu-set";
import type { Facts } from "../../components/host/facts";
import type { HostPlan } from "../../components/host/plan-schema";
import type { Finding } from "./findings";
import type { NodeStatus } from "./lab/status";

/** All that is known of a node when its checklist is filled in. */
export interface Evidence {
  facts: Facts;
  plan: HostPlan;
  /** A text where the agent has none, with its reason. */
  status: NodeStatus | string;
  findings: readonly Finding[];
  /** What `up` would do, a line each; a text where the agent could not tell. */
  changes: readonly string[] | string;
  fleetFile: string;
}

/** One item of the seed's production checklist. Nothing is "yes" without evidence of this moment. */
export interface Row {
  item: string;
  state: "yes" | "no" | "not known";
  evidence: string;
}

type Answer = Omit<Row, "item">;

/** The ten items in the seed's order and words. Pure. */
export function checklistRows(seen: Evidence): Row[] {
  const rows: readonly (readonly [string, Answer])[] = [
    ["Hardware validated against compatibility list", hardware(seen)],
    ["IOMMU enabled in BIOS and kernel", iommu(seen)],
    ["Hugepages configured and persistent across reboots", hugepages(seen)],
    ["CPU cores isolated for DPDK workloads", isolation(seen)],
    ["NICs bound to DPDK-compatible drivers", binding(seen)],
    ["NUMA awareness configured correctly", numa(seen)],
    ["Monitoring and alerting configured", monitoring],
    ["Backup network path (non-DPDK) available", wayIn(seen)],
    ["Documentation updated with specific configuration", documentation(seen)],
    ["Performance benchmarks completed and validated", benchmarks],
  ];
  return rows.map(([item, answer]) => ({ item, ...answer }));
}

const yes = (evidence: string): Answer => ({ state: "yes", evidence });
const no = (evidence: string): Answer => ({ state: "no", evidence });
const unknown = (evidence: string): Answer => ({ state: "not known", evidence });

/** What nobody on the node can know is said to be so, with what would show it. */
const monitoring = unknown(
  "nothing on the node tells whether anybody watches it; evidence would be a scrape of its metrics and an alert that was seen to fire",
);
const benchmarks = unknown(
  "no measurement of this node is kept; evidence would be its packet rate under a traffic generator, beside its card's line rate",
);

/** A stage by its agent's word. One that its agent does not know, or cannot look at, is not known. */
function byStage({ status }: Evidence, name: string): Answer {
  if (typeof status === "string") return no(status);
  const found = status.stages[name];
  if (found === undefined) return unknown(`this node's agent has no stage ${name}`);
  if (found.state === "ok") return yes(found.saw);
  return found.state === "unverifiable" ? unknown(found.saw) : no(found.saw);
}

function hardware(seen: Evidence): Answer {
  const cards = seen.plan.nics.map(({ name, pci }) => {
    const card = seen.facts.nics.find((nic) => nic.pci === pci);
    return card === undefined
      ? `${name} is not at ${pci}`
      : `${name} is ${card.vendor}:${card.device} (${card.driver})`;
  });
  const answer = byStage(seen, "compatibility");
  return answer.state === "not known" ? unknown(`${answer.evidence}; ${cards.join(", ") || "no NIC is used"}`) : answer;
}

function iommu({ facts, findings }: Evidence): Answer {
  const runs = facts.kernel.arguments.filter((token) => /^(intel_|amd_)?iommu=/.test(token)).join(" ");
  if (facts.limits.iommuGroups > 0)
    return yes(`${facts.limits.iommuGroups} IOMMU groups; runs ${runs || "no argument of it"}`);
  const why = findings.find(({ issue }) => issue === "iommu");
  return no(why === undefined ? "no IOMMU group" : `${why.cause}; ${why.evidence}`);
}

function hugepages(seen: Evidence): Answer {
  const { status, plan } = seen;
  if (typeof status === "string") return no(status);
  const asked = status.hugepages.filter((pool) => pool.asked > 0);
  if (asked.length === 0) return no("the plan asks for none");
  const pools = asked.map(
    ({ size, numaNode, pages, asked: all }) => `${pages} of ${all} of ${size} on NUMA node ${numaNode}`,
  );
  const short = asked.some(({ pages, asked: all }) => pages < all);
  const mounts = byStage(seen, "hugepage-mounts");
  const boot = byStage(seen, "kernel-arguments");
  if (short) return no(pools.join(", "));
  if (mounts.state !== "yes" && plan.hugepageMounts.length > 0)
    return { ...mounts, evidence: `mount: ${mounts.evidence}` };
  return boot.state === "yes"
    ? yes(`${pools.join(", ")}; at boot: ${boot.evidence}`)
    : { ...boot, evidence: `at boot: ${boot.evidence}` };
}

function isolation(seen: Evidence): Answer {
  const { status } = seen;
  if (typeof status === "string") return no(status);
  const { asked, running } = status.isolated;
  if (asked === "" || running !== asked) return no(`isolated are ${running || "none"}, asked ${asked || "none"}`);
  const boot = byStage(seen, "kernel-arguments");
  return boot.state === "yes" ? yes(`CPUs ${running}, which the default boot entry isolates`) : boot;
}

function binding(seen: Evidence): Answer {
  const handed = seen.plan.nics.some(({ bind, virtualFunctions }) => bind !== undefined || virtualFunctions.length > 0);
  return handed ? byStage(seen, "nic-binding") : no("the plan hands no NIC to DPDK");
}

/** Card, polling CPUs and pages on one NUMA node. */
function numa({ facts, plan }: Evidence): Answer {
  if (plan.nics.length === 0) return no("the plan uses no NIC");
  if (facts.numaNodes.length === 1) return yes("the server has one NUMA node");
  const polling = parseCpuSet(plan.service?.lcores ?? plan.cpus.isolated) ?? [];
  const said: string[] = [];
  for (const { name, pci } of plan.nics) {
    const at = facts.nics.find((nic) => nic.pci === pci)?.numaNode ?? null;
    if (at === null) return unknown(`the firmware does not tell the NUMA node of ${name} (${pci})`);
    const near = parseCpuSet(facts.numaNodes.find(({ id }) => id === at)?.cpus ?? "") ?? [];
    const pages = plan.hugepages.some((pool) => pool.numaNode === at && pool.pages > 0);
    if (!near.some((cpu) => polling.includes(cpu))) return no(`${name} is on NUMA node ${at}, where no CPU polls`);
    if (!pages) return no(`${name} is on NUMA node ${at}, which has no hugepages`);
    said.push(`${name}, CPUs that poll and hugepages on NUMA node ${at}`);
  }
  return yes(said.join("; "));
}

function wayIn({ facts, plan }: Evidence): Answer {
  const { pci, interfaces } = facts.wayIn;
  if (pci.length === 0) return unknown(`SSH comes over ${interfaces.join(", ") || "no NIC"}, which is no PCI device`);
  const shared = plan.nics.filter((nic) => pci.includes(nic.pci));
  if (shared.length > 0) return no(`SSH comes over ${shared.map(({ name }) => name).join(", ")}, which DPDK uses too`);
  const cards = pci.map((at) => `${at} (${facts.nics.find((nic) => nic.pci === at)?.driver ?? "no driver"})`);
  return yes(`${interfaces.join(", ")} on ${cards.join(", ")} carries SSH, and DPDK has no part of it`);
}

/** The fleet file is the documentation; it is up to date where `up` would change nothing. */
function documentation({ changes, fleetFile, status }: Evidence): Answer {
  if (typeof changes === "string") return no(`${fleetFile} is not what the node can be: ${changes}`);
  if (typeof status === "string") return no(status);
  if (changes.join() === "nothing to do") return yes(`${fleetFile} is what the node is: up would change nothing`);
  return no(`up would still change the node: ${changes.slice(0, 3).join("; ")}${changes.length > 3 ? "; …" : ""}`);
}
