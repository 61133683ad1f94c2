import type { Manifest } from "../../../policies/corpus";
import type { Checks, Finding, Said, Tool } from "./tool";

/** A tool against the corpus. */
export interface Score {
  readonly tool: string;
  /** Mistakes, `bad/latest.yaml: 18`: one of the checks that are for them fails on that manifest. */
  readonly caught: readonly string[];
  readonly missed: readonly string[];
  /** The generous reading: mistakes of manifests of which it says anything that it does not say of the right validator. */
  readonly noticed: number;
  /** What it says of good manifests. */
  readonly falseAlarms: readonly Finding[];
  readonly elapsed: number;
  readonly cpu: number;
}

/** Most bad manifests are this one with one thing wrong: what a tool says of it, it says of them too, mistake or not. */
export const RIGHT = "good/validator-deployment.yaml";

type Judged = Pick<Manifest, "name" | "isGood" | "rules">;

export function score(tool: Pick<Tool, "name" | "checks">, said: Said, manifests: readonly Judged[]): Score {
  const checksOf = (name: string) => new Set(said.findings.flatMap((one) => (one.manifest === name ? one.check : [])));
  const right = checksOf(RIGHT);
  const results = manifests.flatMap(({ name, rules }) => {
    const checks = checksOf(name);
    const isNoticed = [...checks].some((check) => !right.has(check));
    return rules.map((rule) => ({
      mistake: `${name}: ${rule}`,
      isNoticed,
      isCaught: isTold(tool.checks, rule, checks),
    }));
  });
  const good = new Set(manifests.flatMap(({ name, isGood }) => (isGood ? name : [])));
  return {
    tool: tool.name,
    caught: results.flatMap(({ isCaught, mistake }) => (isCaught ? mistake : [])),
    missed: results.flatMap(({ isCaught, mistake }) => (isCaught ? [] : mistake)),
    noticed: results.filter(({ isNoticed }) => isNoticed).length,
    falseAlarms: said.findings.filter(({ manifest }) => good.has(manifest)),
    elapsed: said.elapsed,
    cpu: said.cpu,
  };
}

function isTold(checks: Checks, rule: number, failed: ReadonlySet<string>): boolean {
  return (checks[rule] ?? []).some((check) => failed.has(check));
}

/** A row a tool, as Markdown. */
export function scoreTable(scores: readonly Score[]): string {
  const head = ["tool", "caught", "missed", "noticed at most", "good manifests alarmed", "false alarms", "CPU time"];
  const rows = scores.map((one) => [
    one.tool,
    String(one.caught.length),
    String(one.missed.length),
    String(one.noticed),
    String(alarmed(one)),
    String(one.falseAlarms.length),
    `${one.cpu.toFixed(1)} s`,
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** How many good manifests it says anything of. */
export function alarmed({ falseAlarms }: Score): number {
  return new Set(falseAlarms.map(({ manifest }) => manifest)).size;
}
