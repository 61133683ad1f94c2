import { join } from "node:path";
import { labSettings } from "../../../../infra/cli/lab/settings";
import { runRules } from "../../../../policies/check/run";
import { configured } from "../../../../policies/check/settings";
import { rules } from "../../../../policies/rules";
import { corpus } from "../../../policies/corpus";
import { ruleNumbers } from "../../../policies/rule-numbers";
import { timed } from "./timed";
import type { Finding, Said, Tool } from "./tool";

/** This pack, by the same measure. */
export const ours: Tool = { name: "this pack", checks: ruleNumbers, judge };

/** Each manifest alone, as a stack of its own. The time is that of `dpdk-fleet policy check` on all of them. */
async function judge(manifests: string, names: readonly string[]): Promise<Said> {
  const findings: Finding[] = [];
  const toRun = configured(rules, "mainnet", {});
  for (const { name, resources } of corpus().filter((one) => names.includes(one.name)))
    findings.push(...(await runRules(toRun, resources)).map(({ rule }) => ({ manifest: name, check: rule.name })));
  const program = join(labSettings().projectFolder, "infra/cli/dpdk-fleet.cjs");
  const { elapsed, cpu } = await timed(process.execPath, [program, "policy", "check", "--json", manifests]);
  return { findings, elapsed, cpu };
}
