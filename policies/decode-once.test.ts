import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { AnalyzeRequest, type AnalyzeResponse, AnalyzerResourceOptions } from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

const load = createRequire(__filename);
const { decodeOnce } = load("./decode-once.cjs") as { decodeOnce(): () => void };
const server = load("@pulumi/policy/server") as {
  makeAnalyzeRpcFun(pack: string, version: string, level: string, policies: object[]): Analyze;
};
type Analyze = (
  call: { request: AnalyzeRequest },
  done: (error: Error | null, said?: AnalyzeResponse) => void,
) => Promise<void>;

/** A string that a preview does not know yet (@pulumi/policy, proxy.ts). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

type Read = (props: ResourceValidationArgs["props"]) => unknown;

/** What the engine is told where each of these rules reads such properties. */
async function said(properties: object, ...reads: Read[]): Promise<string[]> {
  const policies = reads.map((read, at) => ({
    name: `rule-${at}`,
    validateResource: ({ props }: ResourceValidationArgs, report: (text: string) => void) => {
      const value = read(props);
      if (value !== undefined) report(JSON.stringify(value));
    },
  }));
  const request = new AnalyzeRequest().setType("a:b:C").setOptions(new AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript(properties as Record<string, JavaScriptValue>));
  const analyze = server.makeAnalyzeRpcFun("pack", "1", "mandatory", policies);
  const answer = await new Promise<AnalyzeResponse>((resolve, reject) => {
    void analyze({ request }, (error, response) => (response === undefined ? reject(error) : resolve(response)));
  });
  return answer.getDiagnosticsList().map((one) => one.getMessage().split("\n").at(-1) ?? "");
}

/** As `said`, by the SDK as it is and by the SDK with this in effect: the same, which is returned. */
async function saidByBoth(properties: object, ...reads: Read[]): Promise<string[]> {
  const plain = await said(properties, ...reads);
  const undo = decodeOnce();
  try {
    assert.deepEqual(await said(properties, ...reads), plain);
  } finally {
    undo();
  }
  return plain;
}

test("rules are told the same of values, lists, secrets and what is not there", async () => {
  const properties = { a: 1, list: [{ b: "text" }, null], token: secret("xyz"), empty: {} };
  assert.deepEqual(
    await saidByBoth(
      properties,
      (all) => all,
      ({ list }) => list[0].b,
      ({ none }) => none,
    ),
    ['{"a":1,"empty":{},"list":[{"b":"text"},null],"token":"xyz"}', '"text"'],
  );
});

test("a value that is not known yet is still guarded, beside others that are known", async () => {
  const properties = { known: "a", deep: { list: [{ of: UNKNOWN }] } };
  const [known, guarded] = await saidByBoth(
    properties,
    (all) => all.known,
    ({ deep }) => deep.list[0].of,
  );
  assert.equal(known, '"a"');
  assert.match(guarded ?? "", /string value at \.deep\.list\.0\.of can't be known during preview/);
});

test("a resource is decoded once for all its rules, and each resource anew", async () => {
  const seen: unknown[] = [];
  const see = (props: unknown) => {
    seen.push(props);
  };
  const undo = decodeOnce();
  await said({ a: 1 }, see, see);
  await said({ a: 1 }, see);
  undo();
  await said({ a: 1 }, see, see);
  assert.equal(new Set(seen).size, 4);
  assert.equal(seen[0], seen[1]);
});
