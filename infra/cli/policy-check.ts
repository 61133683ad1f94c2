import { counts, reportData, reportText } from "../../policies/check/report";
import { withOwnUrns } from "../../policies/check/resource";
import { runRules } from "../../policies/check/run";
import { configured } from "../../policies/check/settings";
import { type Profile, profiles } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { CommandLineError } from "./errors";
import { readPackConfig } from "./policy-config";
import { type Judgeable, readJudgeable } from "./policy-input";

export interface PolicyCheckOptions {
  profile?: string;
  config?: string;
  json?: boolean;
}

/**
 * `dpdk-fleet policy check STATE_OR_MANIFESTS…`: the policy pack on what is there already, without an engine and without a stack. Exit
 * code 1 where a mandatory rule is violated; what could not be judged is listed and fails nothing, as in a preview.
 */
export async function policyCheck(paths: readonly string[], options: PolicyCheckOptions): Promise<void> {
  if (paths.length === 0)
    throw new CommandLineError(
      "policy check needs something to judge",
      "name a saved state, a manifest or a folder",
      2,
    );
  const profile = profileOf(options.profile ?? "mainnet");
  const toRun = configured(rules, profile, options.config === undefined ? {} : readPackConfig(options.config, rules));
  const { resources, skipped } = joined(paths.map(readJudgeable));
  const verdicts = await runRules(toRun, resources);
  const checked = { profile, rules: toRun.length, resources: resources.length, skipped, verdicts };
  const report = options.json === true ? JSON.stringify(reportData(checked), null, 2) : reportText(checked);
  process.stdout.write(`${report}\n`);
  if (counts(verdicts).mandatory > 0) process.exitCode = 1;
}

function profileOf(name: string): Profile {
  const found = profiles.find((profile) => profile === name);
  if (found !== undefined) return found;
  throw new CommandLineError(`there is no profile ${JSON.stringify(name)}`, `there is ${profiles.join(", ")}`, 2);
}

function joined(inputs: readonly Judgeable[]): Judgeable {
  return {
    resources: withOwnUrns(inputs.flatMap(({ resources }) => resources)),
    skipped: inputs.flatMap(({ skipped }) => skipped),
  };
}
