import { z } from "zod";
import { CommandLineError } from "./errors";
import { columns, wrapped } from "./layout";

const findingSchema = z.looseObject({
  issue: z.string(),
  cause: z.string(),
  evidence: z.string(),
  mend: z.string(),
  stage: z.string().nullable(),
  safe: z.boolean(),
});

/** One thing that is wrong with a node, by its agent's word (docs/agent-protocol.md, doctor). */
export type Finding = z.output<typeof findingSchema>;

/** What an operator tried to mend, and what the agent said. */
export interface Fix {
  stage: string;
  done: boolean;
  said: string;
}

/** What was found on a node, or why nothing could be. */
export type Diagnosis = { node: string; findings: Finding[]; fixed: Fix[] } | { node: string; error: string };

/** The seed's own names: its Troubleshooting 1 to 6, its FAQ Q7. */
const titles: Readonly<Record<string, string>> = {
  "nic-binding": "1 NIC binding",
  hugepages: "2 hugepages",
  iommu: "3 IOMMU",
  performance: "4 performance",
  crashes: "5 crashes",
  connectivity: "6 connectivity",
  "packet-drops": "Q7 packet drops",
  preparation: "preparation",
};

export function parseFindings(node: string, text: string): Finding[] {
  try {
    return z.array(findingSchema).parse(JSON.parse(text));
  } catch {
    const seen = JSON.stringify(text.slice(0, 80));
    throw new CommandLineError(`the agent of ${node} answered ${seen}, which are no findings`, "report this");
  }
}

/** The stages that may be applied by themselves, in the order in which the agent tells them. */
export function safeStages(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap(({ stage, safe }) => (safe && stage !== null ? [stage] : [])))];
}

/** A block a finding: what it is called, its cause, the evidence, what mends it. */
export function findingsTable(nodes: readonly Diagnosis[]): string {
  const rows = nodes.flatMap((node) => {
    if ("error" in node) return [[[node.node], ["no answer"], wrapped(node.error, width)]];
    const fixes = node.fixed.map(({ stage, done, said }) => [
      [node.node],
      [done ? "mended" : "not mended"],
      wrapped(`${stage}: ${said}`, width),
    ]);
    const found = node.findings.map((finding) => [
      [node.node],
      [titles[finding.issue] ?? finding.issue],
      block(finding),
    ]);
    return [...fixes, ...(found.length === 0 ? [[[node.node], ["nothing"], ["none of the issues is found"]]] : found)];
  });
  return columns(rows).join("\n");
}

const width = 96;

function block({ cause, evidence, mend, stage, safe }: Finding): string[] {
  const how = safe && stage !== null ? `${mend} (safe: doctor --fix does it)` : mend;
  return [
    ...wrapped(cause, width),
    ...(evidence === "" ? [] : wrapped(`seen: ${evidence}`, width)),
    ...wrapped(`mend: ${how}`, width),
  ];
}
