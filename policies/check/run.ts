import type {
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import type { Rule } from "../rule";
import { codeOf, notApplicable } from "./errors";
import type { CheckedResource } from "./resource";
import type { ConfiguredRule } from "./settings";

/** What a rule says of a resource. */
export interface Verdict {
  /** Null where it is about all of them. */
  readonly resource: CheckedResource | null;
  readonly rule: Rule;
  /** `unjudged`: a value was not readable, and the message says which. */
  readonly level: "mandatory" | "advisory" | "unjudged";
  readonly message: string;
}

/**
 * Every rule on every resource, and the rules about the whole stack on all of them, as the engine would ask, without an engine. In the
 * order of the resources, and of the rules for each.
 */
export async function runRules(
  rules: readonly ConfiguredRule[],
  resources: readonly CheckedResource[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const one of rules) {
    verdicts.push(...(await onStack(one, resources)));
    for (const resource of resources) verdicts.push(...(await onResource(one, resource)));
  }
  const order = new Map(resources.map((resource, at) => [resource, at]));
  const at = ({ resource }: Verdict) => (resource === null ? -1 : (order.get(resource) ?? 0));
  const secrets = [...new Set(resources.flatMap((resource) => resource.secrets))];
  return verdicts.sort((a, b) => at(a) - at(b)).map((verdict) => ({ ...verdict, message: shown(verdict, secrets) }));
}

async function onResource(one: ConfiguredRule, resource: CheckedResource): Promise<Verdict[]> {
  const { rule, settings } = one;
  const { type, name, urn, inputs } = resource;
  if (!("validateResource" in rule) || inputs === null) return [];
  const args: ResourceValidationArgs = {
    type,
    props: inputs,
    urn,
    name,
    opts: optionsOf(resource),
    ...surroundings(settings),
    ...typeTests(type, inputs),
  };
  const judges = [rule.validateResource ?? []].flat();
  return judged(
    one,
    () => resource,
    async (report) => {
      for (const judge of judges) await judge(args, report);
    },
  );
}

async function onStack(one: ConfiguredRule, resources: readonly CheckedResource[]): Promise<Verdict[]> {
  const { rule, settings } = one;
  if (!("validateStack" in rule) || resources.length === 0) return [];
  const args: StackValidationArgs = { resources: policyResources(resources), ...surroundings(settings) };
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return judged(
    one,
    (urn = "") => byUrn.get(urn) ?? null,
    async (report) => rule.validateStack(args, report),
  );
}

/** The SDK's server takes an object too, as rule.ts makes it. */
type Report = string | Reported;

interface Reported {
  readonly message: string;
  readonly urn?: string;
  readonly enforcementLevel?: "advisory";
}

/** What a rule reports while it judges. `resourceOf`: what a finding with this URN, or without one, is about. */
async function judged(
  { rule, level }: ConfiguredRule,
  resourceOf: (urn?: string) => CheckedResource | null,
  judge: (report: ReportViolation) => Promise<void>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const tell = (urn: string | undefined, of: Pick<Verdict, "level" | "message">) =>
    verdicts.push({ resource: resourceOf(urn), rule, ...of });
  const report = (said: Report, urn?: string) => {
    const found: Reported = typeof said === "string" ? { message: said } : said;
    const told = found.enforcementLevel ?? (level === "advisory" ? "advisory" : "mandatory");
    tell(found.urn ?? urn, { level: told, message: found.message });
  };
  try {
    await judge(report as ReportViolation);
  } catch (error) {
    const code = codeOf(error);
    const { message } = error as Error;
    if (code === "unjudged") tell(undefined, { level: "unjudged", message });
    // The engine stops at a rule that fails; whoever reads this list is told instead.
    if (code === null) tell(undefined, { level: "mandatory", message: `cannot be judged: ${message}` });
  }
  return verdicts;
}

function policyResources(resources: readonly CheckedResource[]): PolicyResource[] {
  const made = new Map(resources.map((resource) => [resource.urn, policyResource(resource)]));
  const known = (urns: readonly string[]) => urns.flatMap((urn) => made.get(urn) ?? []);
  return resources.map(({ urn, parent, dependencies, propertyDependencies }) => {
    const one = made.get(urn) as PolicyResource;
    const above = parent === undefined ? undefined : made.get(parent);
    if (above !== undefined) one.parent = above;
    one.dependencies = known(dependencies);
    one.propertyDependencies = Object.fromEntries(
      Object.entries(propertyDependencies).map(([name, urns]) => [name, known(urns)]),
    );
    return one;
  });
}

function policyResource(resource: CheckedResource): PolicyResource {
  const { type, name, urn, outputs } = resource;
  const tests = typeTests(type, outputs);
  return {
    type,
    name,
    urn,
    props: outputs,
    opts: optionsOf(resource),
    dependencies: [],
    propertyDependencies: {},
    isType: tests.isType,
    // Of the resolved resource's type, which is no other thing than its properties.
    asType: tests.asType as PolicyResource["asType"],
  };
}

/** A state keeps a few of them only; the others are as where nobody has set them. */
function optionsOf({ protect, parent }: CheckedResource): PolicyResourceOptions {
  return {
    protect,
    ignoreChanges: [],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
    ...(parent === undefined ? {} : { parent }),
  };
}

function surroundings(settings: object) {
  return {
    stackTags: new Map<string, string>(),
    getConfig: <T extends object>() => settings as T,
    notApplicable,
  };
}

/** By the type that Pulumi's SDKs write on the classes of resources. */
function typeTests(type: string, props: object): Pick<ResourceValidationArgs, "isType" | "asType"> {
  const isType = (resource: object) => (resource as { __pulumiType?: unknown }).__pulumiType === type;
  const asType = (resource: object) => (isType(resource) ? props : undefined);
  return { isType, asType: asType as ResourceValidationArgs["asType"] };
}

/** On one line, without the name that stands above it, what is secret, and what a terminal would take for a command. */
function shown({ message, resource }: Verdict, secrets: readonly string[]): string {
  // A rule about the stack takes the name out of the URN, where a second object of one name has a number behind it.
  const names = resource === null ? [] : [resource.name, resource.urn.split("::").at(-1)];
  const prefix = names.map((name) => `${name}: `).find((text) => message.startsWith(text)) ?? "";
  const own = message.slice(prefix.length);
  const open = secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), own);
  return open.replace(/\p{Cc}+/gu, " ");
}
