import { createRequire } from "node:module";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { AnalyzeRequest, type AnalyzeResponse, AnalyzerResourceOptions } from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** What the engine hears about one resource. */
export interface Judgement {
  /** Messages that stop the update. */
  readonly violations: string[];
  /** What could not be judged, and why. */
  readonly unjudged: string[];
  /** Why the rule has nothing to say; empty where it has. */
  readonly notApplicable: string[];
}

/** A value that a preview does not know: what the engine sends in its place (pulumi/sdk, resource/plugin/rpc.go, UnknownStringValue). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Analyze = (
  call: { request: AnalyzeRequest },
  callback: (error: Error | null, response?: AnalyzeResponse) => void,
) => Promise<void>;

// What the SDK does with a request of the engine, decoding and unknown values included. It is exported, and in no .d.ts.
const { makeAnalyzeRpcFun } = createRequire(__filename)("@pulumi/policy/server") as {
  makeAnalyzeRpcFun(pack: string, version: string, level: string, rules: ResourceValidationPolicy[]): Analyze;
};

/** One resource through one rule, as the engine would ask. */
export async function judge(
  rule: ResourceValidationPolicy,
  type: string,
  props: Record<string, JavaScriptValue>,
  stack = "mainnet",
): Promise<Judgement> {
  const request = new AnalyzeRequest();
  request.setType(type);
  request.setName("node");
  request.setUrn(`urn:pulumi:${stack}::dpdk-fleet::${type}::node`);
  request.setOptions(new AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript(props));
  const response = await new Promise<AnalyzeResponse>((resolve, reject) => {
    const analyze = makeAnalyzeRpcFun("test", "0", "mandatory", [rule]);
    void analyze({ request }, (error, found) => (found === undefined ? reject(error) : resolve(found)));
  });
  const said = response.getDiagnosticsList().map((each) => each.getMessage());
  return {
    violations: said.filter((message) => !message.startsWith("can't run")),
    unjudged: said.filter((message) => message.startsWith("can't run")),
    notApplicable: response.getNotApplicableList().map((each) => each.getReason()),
  };
}
