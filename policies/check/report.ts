import type { Profile } from "../rule";
import { type CheckedResource, placeText } from "./resource";
import type { Verdict } from "./run";

/** What was judged, and by what. */
export interface Checked {
  readonly profile: Profile;
  readonly rules: number;
  readonly resources: number;
  /** Documents that are no objects of a cluster, as `FILE, document 2`. */
  readonly skipped: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** For people: a block a resource, a line a finding, the counts last. */
export function reportText(checked: Checked): string {
  const { profile, rules, resources, skipped, verdicts } = checked;
  const blocks = [...grouped(verdicts)].map(([resource, found]) => [heading(resource), ...found.map(line)].join("\n"));
  const { mandatory, advisory, unjudged } = counts(verdicts);
  const found = `${mandatory} mandatory, ${advisory} advisory, ${unjudged} not judged`;
  const left = skipped.map((place) => `left out, no object of a cluster: ${place}`);
  const total = `${number(resources, "resource")}, ${number(rules, "rule")}, profile ${profile}: ${found}`;
  return [...blocks, ...(left.length > 0 ? [left.join("\n")] : []), total].join("\n\n");
}

function grouped(verdicts: readonly Verdict[]): Map<CheckedResource | null, Verdict[]> {
  const groups = new Map<CheckedResource | null, Verdict[]>();
  for (const one of verdicts) groups.set(one.resource, [...(groups.get(one.resource) ?? []), one]);
  return groups;
}

function heading(resource: CheckedResource | null): string {
  if (resource === null) return "all of them together";
  // Names come from files, and a terminal obeys control characters.
  return `${placeText(resource.place)}: ${resource.type} ${resource.name}`.replace(/\p{Cc}+/gu, " ");
}

function line({ rule, level, message }: Verdict): string {
  return `  [${level === "unjudged" ? "not judged" : level}] ${rule.name}: ${message}`;
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function counts(verdicts: readonly Verdict[]): Record<Verdict["level"], number> {
  const of = (level: Verdict["level"]) => verdicts.filter((one) => one.level === level).length;
  return { mandatory: of("mandatory"), advisory: of("advisory"), unjudged: of("unjudged") };
}

/** For programs. */
export function reportData({ verdicts, ...checked }: Checked): object {
  return {
    ...checked,
    counts: counts(verdicts),
    findings: verdicts.map(({ resource, rule, level, message }) => ({
      ...resource?.place,
      ...(resource === null ? {} : { type: resource.type, name: resource.name, urn: resource.urn }),
      rule: rule.name,
      level,
      severity: rule.severity,
      message,
    })),
  };
}
