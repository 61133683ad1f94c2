import assert from "node:assert/strict";
import { test } from "node:test";
import { resourcesOfState } from "./state";
import { command, exported, secret, urnOf } from "./state.fixture";

const resources = (...all: object[]) => resourcesOfState(exported(...all), "state.json") ?? [];

test("a resource has its inputs for rules about one, and its outputs beside them for rules about all", () => {
  const parent = urnOf("dpdk:index:Host", "alpha");
  const dependencies = [urnOf("command:local:Command", "enrol")];
  const [found] = resources(
    command(
      "alpha-converge",
      { create: "true" },
      { parent, dependencies, protect: true, propertyDependencies: { create: dependencies, update: null } },
    ),
  );
  assert.deepEqual(found, {
    type: "command:local:Command",
    urn: urnOf("command:local:Command", "alpha-converge"),
    name: "alpha-converge",
    inputs: { create: "true" },
    outputs: { create: "true", stdout: "done" },
    parent,
    dependencies,
    propertyDependencies: { create: dependencies, update: [] },
    protect: true,
    place: { file: "state.json", document: null },
    secrets: [],
  });
});

test("what the program says comes before what the provider made of it, and the provider's own marks are left out", () => {
  const inputs = { __defaults: [], create: "true", environment: { __defaults: ["LANG"], LANG: "C" } };
  const [found] = resources(command("alpha", inputs, { outputs: { create: "b5e9…", stdout: "done" } }));
  const said = { create: "true", environment: { LANG: "C" } };
  assert.deepEqual([found?.inputs, found?.outputs], [said, { ...said, stdout: "done" }]);
});

test("a component has no properties, and a resource that is only looked up has none that anybody here has written", () => {
  const component = { urn: urnOf("dpdk:index:Host", "alpha"), type: "dpdk:index:Host", custom: false };
  assert.deepEqual(
    resources(component).map(({ inputs, outputs }) => [inputs, outputs]),
    [[{}, {}]],
  );
  const [read] = resources(command("read", { create: "true" }, { external: true }));
  assert.deepEqual([read?.inputs, read?.outputs.create], [null, "true"]);
});

test("what waits to be deleted is left out, and a state without resources has none", () => {
  assert.deepEqual(resources(command("old", {}, { delete: true })), []);
  assert.deepEqual(resourcesOfState({ version: 3, deployment: {} }, "s"), []);
});

test("a backend's own file is a state too; a manifest and a text are none", () => {
  const checkpoint = {
    version: 3,
    checkpoint: { stack: "organization/p/s", latest: { resources: [command("a", {})] } },
  };
  assert.deepEqual(
    resourcesOfState(checkpoint, "s")?.map(({ name }) => name),
    ["a"],
  );
  for (const other of [{ kind: "Pod", apiVersion: "v1" }, "text", null, { checkpoint: { latest: null } }])
    assert.equal(resourcesOfState(other, "s"), null);
});

test("a state that is not whole says what it lacks", () => {
  assert.throws(() => resources({ type: "a:b:C" }), /a resource has no urn or no type/);
  assert.throws(() => resourcesOfState({ deployment: { resources: {} } }, "s"), /its resources are no list/);
});

test("an encrypted secret throws when a rule reads it, wherever it stands, and nothing beside it does", () => {
  const [found] = resources(command("a", { stdin: secret(), list: [{ text: secret() }, "open"], create: "true" }));
  const props = found?.inputs as { stdin: string; create: string; list: [{ text: string }, string] };
  assert.equal(props.create, "true");
  assert.equal(props.list[1], "open");
  assert.throws(
    () => props.stdin,
    /the value at \.stdin is encrypted in the state; `pulumi stack export --show-secrets`/,
  );
  assert.throws(() => props.list[0].text, /the value at \.list\.0\.text is encrypted/);
  assert.throws(() => JSON.stringify(props), /encrypted/);
});

test("a shown secret is read as what it is, and is known as one", () => {
  const [found] = resources(
    command("a", { stdin: secret("hunter2"), environment: secret({ A: "secret-a", B: [7777, "no"] }) }),
  );
  assert.deepEqual(found?.inputs, { stdin: "hunter2", environment: { A: "secret-a", B: [7777, "no"] } });
  // "no" is too short to be taken out of every line.
  assert.deepEqual(found?.secrets, ["hunter2", "secret-a", "7777"]);
});

test("other marks of a state, an asset for one, are left as they are", () => {
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
  assert.deepEqual(resources(command("a", { asset }))[0]?.inputs, { asset });
});
