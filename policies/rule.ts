import type {
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { type Exception, exceptionsSetting, withExceptions } from "./exceptions";
import { judgeParts } from "./parts";

/** How strict a fleet is, from a laptop to what carries value. */
export const profiles = ["lab", "staging", "mainnet"] as const;
export type Profile = (typeof profiles)[number];

export type Group = "host" | "kubernetes" | "sriov" | "aws" | "secrets";

/** `disabled` rules are not run, `advisory` ones are printed, `mandatory` ones stop the update. */
export type Level = "disabled" | "advisory" | "mandatory";

/** What a rule says of itself. README and profiles are made from it. */
export interface RuleText {
  /** `dpdk-…`, in the settings too. */
  readonly name: `dpdk-${string}`;
  readonly displayName: string;
  /** What is right, in one sentence. */
  readonly description: string;
  /** Why it matters to a DPDK node, in one sentence. */
  readonly why: string;
  /** Where that is known from: an address, or a document of this project. */
  readonly source: string;
  readonly group: Group;
  readonly severity: Severity;
  /** By profile; `mainnet` is what the pack has without any settings. */
  readonly levels: Readonly<Record<Profile, Level>>;
  /** The change that mends it. */
  readonly remediationSteps: string;
  /** Settings of this rule, beside `exceptions`. */
  readonly settings?: PolicyConfigSchema["properties"];
}

/** Something that is wrong, as a line: what, where, which value, why it matters, what to do. A `warning` never stops an update. */
export type Finding = string | { readonly warning: string };

/** A part of a resource that may throw the SDK's error for a value that a preview does not know. */
export type Part = () => Iterable<Finding>;

export type RuleArgs = Pick<ResourceValidationArgs, "type" | "props" | "urn" | "name" | "opts" | "getConfig">;

export interface ResourceRule extends RuleText {
  /** Parts to judge, each by itself; a text where the rule has nothing to say of this resource, and why. */
  judge(args: RuleArgs): Iterable<Part> | string;
  /** The properties as they should be, where that is safe to change without asking; nothing where all is well. */
  remedy?(args: RuleArgs): Record<string, unknown> | undefined;
}

export interface StackFinding {
  readonly finding: Finding;
  /** The resource that it is told of. */
  readonly urn: string;
}

export interface StackRule extends RuleText {
  /** As for a resource; parts are told with the resource that they are about. */
  judge(args: {
    readonly resources: readonly PolicyResource[];
    getConfig: StackValidationArgs["getConfig"];
  }): Iterable<() => Iterable<StackFinding>> | string;
}

export type Rule = (ResourceValidationPolicy | StackValidationPolicy) & RuleText;

/**
 * A rule about one resource.
 *
 * @example
 * export const noBarePod = resourceRule({ name: "dpdk-no-bare-pod", …, judge: (args) => podOf(args) === null ? "no pod" : [() => []] });
 */
export function resourceRule(rule: ResourceRule): ResourceValidationPolicy & RuleText {
  const { judge, remedy, ...text } = rule;
  const leave = leaving();
  return {
    ...policyOf(text),
    validateResource: (args, report) => {
      const parts = judge(args);
      if (typeof parts === "string") return leave(args, parts);
      const tell = teller(args.getConfig, report);
      judgeParts(parts, (part) => {
        for (const finding of part()) tell(finding, args);
      });
    },
    ...(remedy === undefined ? {} : { remediateResource: (args) => remedy(args) }),
  };
}

/** A rule that needs all resources of a stack. */
export function stackRule(rule: StackRule): StackValidationPolicy & RuleText {
  const { judge, ...text } = rule;
  const leave = leaving();
  return {
    ...policyOf(text),
    validateStack: (args, report) => {
      const parts = judge(args);
      if (typeof parts === "string") return leave(args, parts);
      const tell = teller(args.getConfig, report);
      judgeParts(parts, (part) => {
        for (const { finding, urn } of part()) tell(finding, { urn, name: urn.split("::").at(-1) ?? urn });
      });
    },
  };
}

/**
 * The SDK says "not applicable" by an error that it throws and catches. To make one is the larger part of what most rules cost on most
 * resources (npm run bench -- policies), so each is made once for its reason, and thrown again: a rule has only a few reasons.
 */
function leaving(): (args: Leavable, reason: string) => never {
  const made = new Map<Leavable["notApplicable"], Map<string, unknown>>();
  return ({ notApplicable }, reason) => {
    const errors = made.get(notApplicable) ?? new Map<string, unknown>();
    made.set(notApplicable, errors);
    if (!errors.has(reason))
      errors.set(
        reason,
        thrownBy(() => notApplicable(reason)),
      );
    throw errors.get(reason);
  };
}

interface Leavable {
  notApplicable(reason: string): never;
}

function thrownBy(fail: () => never): unknown {
  try {
    return fail();
  } catch (error) {
    return error;
  }
}

function policyOf(text: RuleText) {
  const { settings = {}, ...rest } = text;
  return {
    ...rest,
    enforcementLevel: text.levels.mainnet,
    tags: [text.group],
    configSchema: { properties: { ...exceptionsSetting, ...settings } },
  };
}

/**
 * The SDK's server takes an object in place of a message, with a level of its own (@pulumi/policy, server.ts,
 * makeReportViolationFun), which its types leave out: a warning beside an error of one rule, and what is excepted, are advisory.
 */
type ReportAtLevel = (violation: { message: string; urn?: string; enforcementLevel?: "advisory" }) => void;

function teller(getConfig: RuleArgs["getConfig"], report: ReportViolation) {
  return (finding: Finding, resource: { name: string; urn: string }): void => {
    const { exceptions = [] } = getConfig<{ exceptions?: Exception[] }>();
    const today = new Date().toISOString().slice(0, 10);
    const isWarning = typeof finding !== "string";
    const verdict = withExceptions(isWarning ? finding.warning : finding, exceptions, resource, today);
    (report as unknown as ReportAtLevel)({
      message: `${resource.name}: ${verdict.message}`,
      urn: resource.urn,
      ...(isWarning || verdict.excepted ? { enforcementLevel: "advisory" } : {}),
    });
  };
}
