import type { Level, Profile, Rule } from "../rule";

/** What `--policy-pack-config` reads: by rule a level, or settings and perhaps a level; `all` for every rule. */
export type PackConfig = Readonly<Record<string, ConfiguredLevel | RuleConfig>>;
export type ConfiguredLevel = Level | "remediate";
export type RuleConfig = Readonly<Record<string, unknown>> & { readonly enforcementLevel?: ConfiguredLevel };

/** A rule as it is to be run. */
export interface ConfiguredRule {
  readonly rule: Rule;
  /** Nothing is mended here, so what would be is refused, as the SDK does with what a remedy has not mended. */
  readonly level: Level;
  readonly settings: object;
}

/** The rules that are to be run, by a profile and what a file says beside it. */
export function configured(rules: readonly Rule[], profile: Profile, config: PackConfig): ConfiguredRule[] {
  const all = parts(config.all);
  return rules
    .map((rule) => {
      const own = parts(config[rule.name]);
      const level = own.level ?? all.level ?? rule.levels[profile];
      return {
        rule,
        level: level === "remediate" ? "mandatory" : level,
        settings: { ...defaults(rule), ...own.settings },
      } as const;
    })
    .filter(({ level }) => level !== "disabled");
}

function parts(of: PackConfig[string] | undefined): { level?: ConfiguredLevel | undefined; settings: object } {
  if (typeof of === "string") return { level: of, settings: {} };
  const { enforcementLevel: level, ...settings } = of ?? {};
  return { level, settings };
}

/** The engine fills them in before it hands settings to a pack. */
function defaults(rule: Rule): object {
  return Object.fromEntries(
    Object.entries(rule.configSchema?.properties ?? {})
      .filter(([, schema]) => schema.default !== undefined)
      .map(([name, schema]) => [name, schema.default]),
  );
}
