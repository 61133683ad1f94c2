import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf, textOf } from "../parts";
import { type ResourceRule, type Rule, type RuleText, resourceRule, stackRule } from "../rule";
import { resourcesOfManifest } from "./manifest";
import { withOwnUrns } from "./resource";
import { runRules } from "./run";
import { configured, type PackConfig } from "./settings";
import { resourcesOfState } from "./state";
import { command, exported, secret } from "./state.fixture";

const text: RuleText = {
  name: "dpdk-example",
  displayName: "Example",
  description: "A is B.",
  why: "C.",
  source: "nowhere",
  group: "host",
  severity: "low",
  levels: { lab: "disabled", staging: "advisory", mainnet: "mandatory" },
  remediationSteps: "Write B.",
  settings: { word: { type: "string", default: "bad", description: "Is wrong." } },
};
/** Finds the word of its settings in what a command creates. */
const aboutOne = (more: Partial<ResourceRule> = {}) =>
  resourceRule({
    ...text,
    judge: ({ props, type, getConfig }) => {
      if (!type.startsWith("command:")) return "the resource is no command";
      const { word } = getConfig<{ word: string }>();
      return ["create", "stdin"].map(
        (place) => () => (textOf(props[place]).includes(word) ? [`${place} has ${props[place]}`] : []),
      );
    },
    ...more,
  });
/** Two resources that create the same. */
const aboutAll = stackRule({
  ...text,
  name: "dpdk-twice",
  judge: ({ resources }) => {
    if (resources.length < 2) return "there is one only";
    const seen: string[] = [];
    return resources.map(({ props, urn }) => () => {
      const create = textOf(props.create);
      return seen.includes(create) || seen.push(create) < 0 ? [{ urn, finding: `${create} is there twice` }] : [];
    });
  },
});

const state = (...resources: object[]) => resourcesOfState(exported(...resources), "s.json") ?? [];
const run = async (rules: Rule[], resources: ReturnType<typeof state>, config: PackConfig = {}) =>
  (await runRules(configured(rules, "mainnet", config), resources)).map(
    ({ resource, rule, level, message }) => `${resource?.name ?? "all"} [${level}] ${rule.name}: ${message}`,
  );

test("rules about one resource and about all of them are run, and their findings come in the order of the resources", async () => {
  const two = state(command("a", { create: "bad" }), command("b", { create: "bad" }));
  assert.deepEqual(await run([aboutOne(), aboutAll], two), [
    "a [mandatory] dpdk-example: create has bad",
    "b [mandatory] dpdk-example: create has bad",
    "b [mandatory] dpdk-twice: bad is there twice",
  ]);
});

test("a rule that does not apply says nothing", async () => {
  const pods = resourcesOfManifest({ kind: "Pod", apiVersion: "v1" }, { file: "a", document: 1 });
  assert.deepEqual(await run([aboutOne(), aboutAll], pods), []);
  assert.deepEqual(await run([aboutAll], []), []);
});

test("settings and levels are the file's, else the rule's own: advisory is told so, disabled is not run", async () => {
  const one = state(command("a", { create: "bad good" }));
  assert.deepEqual(await run([aboutOne()], one, { "dpdk-example": { enforcementLevel: "advisory", word: "good" } }), [
    "a [advisory] dpdk-example: create has bad good",
  ]);
  assert.deepEqual(await run([aboutOne()], one, { "dpdk-example": "disabled" }), []);
});

test("a warning beside an error, and what is excepted, are advice", async () => {
  const judge = () => [() => ["wrong", { warning: "odd" }]];
  assert.deepEqual(await run([aboutOne({ judge })], state(command("a", {}))), [
    "a [mandatory] dpdk-example: wrong",
    "a [advisory] dpdk-example: odd",
  ]);
  const exceptions = [{ resource: "a", reason: "being moved", until: "2999-01-01" }];
  assert.deepEqual(
    await run([aboutOne()], state(command("a", { create: "bad" })), { "dpdk-example": { exceptions } }),
    ["a [advisory] dpdk-example: excepted until 2999-01-01 (being moved): create has bad"],
  );
});

test("an encrypted value is told as not judged and does not hide what is wrong beside it", async () => {
  const found = await run([aboutOne()], state(command("a", { create: secret(), stdin: "bad" })));
  assert.match(found[0] ?? "", /a \[mandatory\] dpdk-example: stdin has bad/);
  assert.match(found[1] ?? "", /a \[unjudged\] dpdk-example: the value at \.create is encrypted/);
  const whole = await run([aboutAll], state(command("a", { create: secret() }), command("b", {})));
  assert.match(whole.join(), /^all \[unjudged\] dpdk-twice: the value at \.create is encrypted/);
});

test("a secret that the state shows is judged and never printed, by its own resource or by another", async () => {
  const found = await run(
    [aboutOne()],
    state(command("a", { create: secret("bad hunter2") }), command("b", { create: "bad bad hunter2 bad" })),
  );
  assert.deepEqual(found, [
    "a [mandatory] dpdk-example: create has [secret]",
    "b [mandatory] dpdk-example: create has bad [secret] bad",
  ]);
});

test("a resource that is only looked up is no matter of a rule about one, and counts for the stack", async () => {
  const read = state(
    command("a", { create: "bad" }, { external: true }),
    command("b", { create: "bad" }, { external: true }),
  );
  assert.deepEqual(await run([aboutOne(), aboutAll], read), ["b [mandatory] dpdk-twice: bad is there twice"]);
});

test("a finding is one line, and no terminal obeys it", async () => {
  const [line] = await run([aboutOne()], state(command("a", { create: "bad\n\u001b[2Jx" })));
  assert.equal(line, "a [mandatory] dpdk-example: create has bad [2Jx");
});

test("a rule that fails is told as a violation: unjudged it must not pass", async () => {
  const judge = () => {
    throw new Error("a plan of version 9");
  };
  assert.deepEqual(await run([aboutOne({ judge })], state(command("a", {}))), [
    "a [mandatory] dpdk-example: cannot be judged: a plan of version 9",
  ]);
});

test("the second of two objects of one name is told with its name, without the number of its URN", async () => {
  const pod = { kind: "Pod", apiVersion: "v1", metadata: { name: "p" }, create: "x" };
  const pods = withOwnUrns([1, 2].flatMap((document) => resourcesOfManifest(pod, { file: "a", document })));
  assert.deepEqual(await run([aboutAll], pods), ["p [mandatory] dpdk-twice: x is there twice"]);
});

test("rules see parents and dependencies as the engine gives them, and types of the SDKs by their class", async () => {
  const [a, b] = [command("a", {}), command("b", {})];
  const seen: unknown[] = [];
  const looks = stackRule({
    ...text,
    judge: ({ resources }) => {
      seen.push(
        ...resources.map(({ name, parent, dependencies, propertyDependencies }) => [
          name,
          parent?.name,
          dependencies.map((one) => one.name),
          Object.keys(propertyDependencies),
        ]),
      );
      const Command = Object.assign(() => undefined, { __pulumiType: "command:local:Command" });
      seen.push(resources[0]?.isType(Command as never), resources[0]?.asType(Command as never) === resources[0]?.props);
      return partsOf(() => []);
    },
  });
  await run(
    [looks],
    state(a, { ...b, parent: a.urn, dependencies: [a.urn, "urn:gone"], propertyDependencies: { create: [a.urn] } }),
  );
  assert.deepEqual(seen, [["a", undefined, [], []], ["b", "a", ["a"], ["create"]], true, true]);
});
