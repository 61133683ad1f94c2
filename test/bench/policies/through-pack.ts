import { createRequire } from "node:module";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Rule } from "../../../policies/rule";
import { example } from "../../engine/policy-cases/resources";
import { corpus } from "../../policies/corpus";

type Call<Request> = (
  call: { request: Request },
  callback: (error: Error | null, response?: AnalyzeResponse) => void,
) => Promise<void>;
type Maker<Request> = (pack: string, version: string, level: string, rules: readonly Rule[]) => Call<Request>;

const load = createRequire(__filename);
// What the SDK does with a request of the engine. It is exported, and in no .d.ts.
const server = load("@pulumi/policy/server") as {
  makeAnalyzeRpcFun: Maker<AnalyzeRequest>;
  makeAnalyzeStackRpcFun: Maker<AnalyzeStackRequest>;
};
const { decodeOnce } = load("../../../policies/decode-once.cjs") as { decodeOnce(): () => void };

export interface Requests {
  readonly single: readonly AnalyzeRequest[];
  readonly stack: AnalyzeStackRequest;
}

/** What an engine would ask about so many resources: those of the corpus's manifests, nodes' plans and instances in turns, each with a name of its own. */
export function requests(count: number): Requests {
  // A saved state has secrets encrypted, which an engine would show.
  const manifests = corpus().filter(({ name }) => name.endsWith(".yaml"));
  const kinds = [...manifests.flatMap(({ resources }) => resources), ...others()];
  const single = Array.from({ length: count }, (_, at) => {
    const { type, inputs } = kinds[at % kinds.length] as Kind;
    const request = new AnalyzeRequest();
    const urn = `urn:pulumi:bench::dpdk-fleet::${type}::${at}`;
    request.setType(type).setName(String(at)).setUrn(urn).setOptions(new AnalyzerResourceOptions());
    return request.setProperties(Struct.fromJavaScript((inputs ?? {}) as Record<string, JavaScriptValue>));
  });
  const stack = new AnalyzeStackRequest();
  for (const one of single) {
    const resource = new AnalyzerResource();
    resource.setType(one.getType()).setName(one.getName()).setUrn(one.getUrn()).setOptions(one.getOptions());
    stack.addResources(resource.setProperties(one.getProperties()?.clone())); // a message of its own, as the engine's
  }
  return { single, stack };
}

interface Kind {
  readonly type: string;
  readonly inputs: object | null;
}

/** A fifth of the whole: what is no manifest. */
function others(): Kind[] {
  const converge = { create: "sudo -n dpdk-node-agent converge", stdin: JSON.stringify(example) };
  const instance = {
    ami: "ami-0a1b2c3d4e5f60718",
    instanceType: "c6in.32xlarge",
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true, volumeSize: 100 },
    tags: { Name: "validator" },
  };
  return Array.from({ length: 30 }, () => [
    { type: "command:local:Command", inputs: converge },
    { type: "aws:ec2/instance:Instance", inputs: instance },
  ]).flat();
}

/** Every request through these rules, one after the other, as an engine with one resource at a time and the pack as pack.cjs begins it. */
export async function throughPack(rules: readonly Rule[], asked: Requests): Promise<void> {
  const undo = decodeOnce();
  try {
    await throughSdk(rules, asked);
  } finally {
    undo();
  }
}

/** The same by the SDK as it is. */
export async function throughSdk(rules: readonly Rule[], { single, stack }: Requests): Promise<void> {
  const analyze = server.makeAnalyzeRpcFun("bench", "0", "mandatory", rules);
  for (const request of single) await answered(analyze, request);
  await answered(server.makeAnalyzeStackRpcFun("bench", "0", "mandatory", rules), stack);
}

function answered<Request>(call: Call<Request>, request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    void call({ request }, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** The same rule without anything in it: what the SDK takes for itself. */
export function idle(rule: Rule): Rule {
  const isStack = (one: Rule): one is Rule & StackValidationPolicy => "validateStack" in one;
  const nothing = () => undefined;
  if (isStack(rule)) return { ...rule, validateStack: nothing };
  const { remediateResource: _, ...rest } = rule as Rule & ResourceValidationPolicy;
  return { ...rest, validateResource: nothing };
}
