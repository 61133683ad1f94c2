import type { PolicyConfigSchema } from "@pulumi/policy";

/** What an operator lets pass for a while, as the settings of a rule have it. */
export interface Exception {
  /** Name or URN of the resource; `*` stands for any text. */
  readonly resource: string;
  /** Why it may. It is printed at every preview. */
  readonly reason: string;
  /** The last day on which it may, in UTC: `2027-01-31`. */
  readonly until: string;
}

/** The setting that every rule has. */
export const exceptionsSetting: PolicyConfigSchema["properties"] = {
  exceptions: {
    type: "array",
    description: "Resources that may break this rule: name or URN (`*` stands for any text), reason, last day (UTC).",
    default: [],
    items: {
      type: "object",
      properties: {
        resource: { type: "string", minLength: 1 },
        reason: { type: "string", minLength: 1 },
        until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
      },
      required: ["resource", "reason", "until"],
    },
  },
};

/** A finding as it is reported: with an exception it stops nothing and is still listed, and one that has ended is named. */
export interface Verdict {
  readonly message: string;
  /** Lets it pass, listed. */
  readonly excepted: boolean;
}

/** `today` is a day in UTC, as `until` is. */
export function withExceptions(
  message: string,
  exceptions: readonly Exception[],
  resource: { readonly name: string; readonly urn: string },
  today: string,
): Verdict {
  const meant = exceptions.filter((one) => matches(one.resource, resource.name) || matches(one.resource, resource.urn));
  const valid = meant.find(({ until }) => until >= today);
  if (valid !== undefined)
    return { message: `excepted until ${valid.until} (${valid.reason}): ${message}`, excepted: true };
  const ended = meant[0];
  if (ended === undefined) return { message, excepted: false };
  return { message: `${message} (its exception, ${ended.reason}, ended on ${ended.until})`, excepted: false };
}

/** `*` in a pattern stands for any text. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s").test(text);
}
