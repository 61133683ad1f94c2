import { createRequire } from "node:module";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** What the engine hears about one resource, or one stack. */
export interface Judgement {
  /** Messages that stop the update. */
  readonly violations: string[];
  /** Messages that do not: warnings, and what is excepted. */
  readonly advice: string[];
  /** What could not be judged, and why. */
  readonly unjudged: string[];
  /** Why the rule has nothing to say; empty where it has. */
  readonly notApplicable: string[];
}

/** Of what is right. */
export const passes: Judgement = { violations: [], advice: [], unjudged: [], notApplicable: [] };

/** A value that a preview does not know: what the engine sends in its place (pulumi/sdk, resource/plugin/rpc.go, UnknownStringValue). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface JudgeOptions {
  /** Name of the stack. Default: `mainnet`. */
  readonly stack?: string;
  /** The rule's settings, as `--policy-pack-config` gives them. Default: none; the engine's own defaults are not filled in. */
  readonly settings?: object;
}

/** A resource of a stack to be judged. */
export interface StackResource {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, JavaScriptValue>;
  /** Names of the resources that a property's value is made from. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  /** Name of the component that made it. */
  readonly parent?: string;
  /** Name of its provider, which stands for a cluster, where it is another than the stack's own. */
  readonly provider?: string;
}

type Call<Request, Response> = (
  call: { request: Request },
  callback: (error: Error | null, response?: Response) => void,
) => Promise<void>;
type Maker<Rule, Request, Response> = (
  pack: string,
  version: string,
  level: string,
  rules: Rule[],
) => Call<Request, Response>;

// What the SDK does with a request of the engine, decoding and unknown values included. It is exported, and in no .d.ts.
const server = createRequire(__filename)("@pulumi/policy/server") as {
  makeAnalyzeRpcFun: Maker<ResourceValidationPolicy, AnalyzeRequest, AnalyzeResponse>;
  makeAnalyzeStackRpcFun: Maker<StackValidationPolicy, AnalyzeStackRequest, AnalyzeResponse>;
  makeRemediateRpcFun: Maker<ResourceValidationPolicy, AnalyzeRequest, RemediateResponse>;
};

/** One resource, named `node`, through one rule, as the engine would ask. */
export async function judge(
  rule: ResourceValidationPolicy,
  type: string,
  props: Record<string, JavaScriptValue>,
  { stack = "mainnet", settings }: JudgeOptions = {},
): Promise<Judgement> {
  const make = server.makeAnalyzeRpcFun("test", "0", "mandatory", [withSettings(rule, settings)]);
  return judgementOf(await answer(make, requestOf(type, "node", props, stack)));
}

/** A stack's resources through one rule. */
export async function judgeStack(
  rule: StackValidationPolicy,
  resources: readonly StackResource[],
  { stack = "mainnet", settings }: JudgeOptions = {},
): Promise<Judgement> {
  const urnOfName = (named: string) => {
    const found = resources.find(({ name }) => name === named);
    if (found === undefined) throw new RangeError(`there is no resource ${named}`);
    return urnOf(stack, found.type, found.name);
  };
  const request = new AnalyzeStackRequest();
  for (const { type, name, props, dependencies = {}, parent, provider } of resources) {
    const one = new AnalyzerResource();
    one
      .setType(type)
      .setName(name)
      .setUrn(urnOf(stack, type, name))
      .setOptions(new AnalyzerResourceOptions());
    if (parent !== undefined) one.setParent(urnOfName(parent));
    if (provider !== undefined) one.setProvider(providerOf(stack, provider));
    for (const [property, names] of Object.entries(dependencies)) {
      const urns = new AnalyzerPropertyDependencies().setUrnsList(names.map(urnOfName));
      one.getPropertydependenciesMap().set(property, urns);
    }
    request.addResources(one.setProperties(Struct.fromJavaScript(props)));
  }
  const make = server.makeAnalyzeStackRpcFun("test", "0", "mandatory", [
    settings === undefined
      ? rule
      : { ...rule, validateStack: (args, report) => rule.validateStack(configured(args, settings), report) },
  ]);
  return judgementOf(await answer(make, request));
}

/** The properties as the rule would mend them; null where it changes nothing. */
export async function remedied(
  rule: ResourceValidationPolicy,
  type: string,
  props: Record<string, JavaScriptValue>,
): Promise<Record<string, JavaScriptValue> | null> {
  const make = server.makeRemediateRpcFun("test", "0", "mandatory", [{ ...rule, enforcementLevel: "remediate" }]);
  const response = await answer(make, requestOf(type, "node", props, "mainnet"));
  const found = response.getRemediationsList()[0]?.getProperties();
  return found === undefined ? null : found.toJavaScript();
}

function requestOf(type: string, name: string, props: Record<string, JavaScriptValue>, stack: string): AnalyzeRequest {
  const request = new AnalyzeRequest();
  request
    .setType(type)
    .setName(name)
    .setUrn(urnOf(stack, type, name))
    .setOptions(new AnalyzerResourceOptions());
  return request.setProperties(Struct.fromJavaScript(props));
}

function providerOf(stack: string, name: string): AnalyzerProviderResource {
  const type = "pulumi:providers:kubernetes";
  return new AnalyzerProviderResource()
    .setType(type)
    .setName(name)
    .setUrn(urnOf(stack, type, name))
    .setProperties(new Struct());
}

function urnOf(stack: string, type: string, name: string): string {
  return `urn:pulumi:${stack}::dpdk-fleet::${type}::${name}`;
}

function answer<Request, Response>(make: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    void make({ request }, (error, found) => (found === undefined ? reject(error) : resolve(found)));
  });
}

/** The SDK keeps settings in a variable of its own; a rule only sees them by this function. */
function configured<Args extends { getConfig: <T extends object>() => T }>(args: Args, settings: object): Args {
  return { ...args, getConfig: <T extends object>() => settings as T };
}

function withSettings(rule: ResourceValidationPolicy, settings: object | undefined): ResourceValidationPolicy {
  const validate = rule.validateResource;
  if (settings === undefined || typeof validate !== "function") return rule;
  return { ...rule, validateResource: (args, report) => validate(configured(args, settings), report) };
}

const ADVISORY = 0; // EnforcementLevel.ADVISORY of analyzer.proto

function judgementOf(response: AnalyzeResponse): Judgement {
  const isUnjudged = (one: AnalyzeDiagnostic) => one.getMessage().startsWith("can't run");
  const said = response.getDiagnosticsList();
  const judged = said.filter((one) => !isUnjudged(one));
  const messages = (list: AnalyzeDiagnostic[]) => list.map((one) => one.getMessage());
  return {
    violations: messages(judged.filter((one) => one.getEnforcementlevel() !== ADVISORY)),
    advice: messages(judged.filter((one) => one.getEnforcementlevel() === ADVISORY)),
    unjudged: messages(said.filter(isUnjudged)),
    notApplicable: response.getNotApplicableList().map((each) => each.getReason()),
  };
}
