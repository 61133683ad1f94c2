import { type Group, type Level, type Profile, profiles, type RuleText } from "./rule";

/** The groups in the order of the README, with what each judges. */
const groups: Readonly<Record<Group, string>> = {
  host: "Host: a node's plan and the commands that make it",
  kubernetes: "Kubernetes: pods and their workloads",
  sriov: "SR-IOV: policies and networks of its operator",
  aws: "AWS: instances, network interfaces, node groups",
  secrets: "Secrets",
};

/** What the rules say of themselves, as tables: one a group. */
export function rulesTables(rules: readonly RuleText[]): string {
  return (Object.keys(groups) as Group[])
    .map((group) => ({ group, members: rules.filter((rule) => rule.group === group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ group, members }) => [`### ${groups[group]}`, "", header, ...members.map(row)].join("\n"))
    .join("\n\n");
}

const header = `| rule | what is right, and why | severity | ${profiles.join(", ")} | settings | source |\n|---|---|---|---|---|---|`;

function row(rule: RuleText): string {
  const cells = [
    `\`${rule.name}\``,
    `${rule.description} *${rule.why}*`,
    rule.severity,
    levels(rule.levels),
    settings(rule.settings ?? {}) || "none",
    linked(rule.source),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

/** One word where the profiles agree. */
function levels(of: Readonly<Record<Profile, Level>>): string {
  const each = profiles.map((profile) => of[profile]);
  return new Set(each).size === 1 ? (each[0] as string) : each.join(", ");
}

function settings(of: NonNullable<RuleText["settings"]>): string {
  return Object.entries(of)
    .map(([name, { description = "", default: standing }]) => {
      const value = standing === undefined ? "" : ` (default \`${JSON.stringify(standing)}\`)`;
      return `\`${name}\`${value}: ${description}`;
    })
    .join(" ");
}

/** An address as a link by the name of its host; the rest as it is. */
function linked(source: string): string {
  return source.replace(/https?:\/\/[^\s,;)]+/g, (address) => `[${new URL(address).hostname}](${address})`);
}

/** A profile as `--policy-pack-config` reads it: how strict each rule is. */
export function profileSettings(rules: readonly RuleText[], profile: Profile): Readonly<Record<string, Level>> {
  return Object.fromEntries(rules.map(({ name, levels }) => [name, levels[profile]]));
}

const begin = "<!-- Made from the rules by `npm run policies:docs`. -->";
const end = "<!-- Until here. -->";

/** The README with these tables in the place of those that it has. */
export function withTables(readme: string, tables: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README of the policies lacks the line ${begin} or ${end}`);
  return `${readme.slice(0, from)}${begin}\n\n${tables}\n\n${readme.slice(to)}`;
}
