import { layout } from "../layout";
import type { NodeAnswer, NodeStatus } from "./status";
import type { Exchange } from "./traffic";

/** The lab as a table for people: a block a node, a row a subject. */
export function labTable(answers: readonly NodeAnswer[], exchanges: readonly Exchange[]): string {
  const columns = answers.map((answer) => ("status" in answer ? nodeColumn(answer.status, exchanges) : undefined));
  const header = ["", ...answers.map((answer) => answer.node)];
  const rows = subjects.map((subject, at) => [
    subject,
    ...columns.map((column, index) => column?.[at] ?? [at === 0 ? unreachable(answers[index]) : ""]),
  ]);
  return layout([
    header.map((cell) => [cell]),
    ...rows.map((row) => row.map((cell) => (typeof cell === "string" ? [cell] : cell))),
  ]);
}

const subjects = [
  "kernel arguments",
  "hugepages",
  "isolated CPUs",
  "NICs",
  "data plane",
  "frames",
  "reboots",
  "stages",
] as const;

function nodeColumn(status: NodeStatus, exchanges: readonly Exchange[]): string[][] {
  return [
    kernelArguments(status),
    status.hugepages.map(
      (pool) => `${pool.size} on NUMA node ${pool.numaNode}: ${pool.pages} of ${pool.asked}, ${pool.free} free`,
    ),
    [`${status.isolated.running || "none"} (asked ${status.isolated.asked})`],
    status.nics.map(
      (nic) =>
        `${nic.name} ${nic.function} ${nic.pci} ${nic.driver ?? "no driver"}, IOMMU group ${nic.iommuGroup ?? "none"}`,
    ),
    dataPlane(status),
    frames(status.node, exchanges),
    [String(status.reboots)],
    stages(status),
  ];
}

function kernelArguments(status: NodeStatus): string[] {
  const missing = new Set(status.kernelArguments.missing);
  return status.kernelArguments.asked.map((token) => `${missing.has(token) ? "MISSING" : "runs"} ${token}`);
}

function dataPlane({ dataPlane: found }: NodeStatus): string[] {
  if (found === null) return ["none asked for"];
  const said = [`${found.unit.active} (${found.runtime}), image ${found.digest?.slice(0, 19) ?? "none"}`];
  if (found.telemetry !== "ok") said.push(found.telemetry);
  const ports = found.ports.map(
    ({ pci, link, rxQueues, opackets, ipackets }) =>
      `${pci} link ${link}, ${rxQueues ?? "?"} rx queues: out ${opackets ?? "?"}, in ${ipackets ?? "?"}`,
  );
  return [...said, ...ports];
}

function frames(node: string, exchanges: readonly Exchange[]): string[] {
  const own = exchanges.flatMap((exchange) => exchange.ends.filter((end) => end.node === node));
  if (own.length === 0) return ["not measured"];
  return own.map((end) => `${end.pci}: sent ${end.sent}, received ${end.received} (${end.peer})`);
}

function stages(status: NodeStatus): string[] {
  const wrong = Object.entries(status.stages).filter(([, found]) => found.state !== "ok");
  if (wrong.length === 0) return [`all ${Object.keys(status.stages).length} ok`];
  return wrong.map(([name, found]) => `${name} ${found.state}: ${found.saw}`);
}

function unreachable(answer: NodeAnswer | undefined): string {
  return answer !== undefined && "error" in answer ? `no answer: ${answer.error}` : "no answer";
}
