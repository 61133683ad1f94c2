import assert from "node:assert/strict";
import { test } from "node:test";
import { corpus } from "../../policies/corpus";
import { kubernetesManifests, scoreOf } from "./beside-others";
import { RIGHT } from "./others/score";
import type { Tool } from "./others/tool";

test("the right validator is among the manifests that all tools are asked about", () => {
  assert.ok(kubernetesManifests(corpus()).some(({ name, isGood }) => name === RIGHT && isGood));
});

test("saved states of stacks are not asked about", () => {
  const [first] = corpus();
  assert.ok(first !== undefined);
  const all = ["good/pod.yaml", "bad/list.yml", "bad/state.json"].map((name) => ({ ...first, name }));
  assert.deepEqual(
    kubernetesManifests(all).map(({ name }) => name),
    ["good/pod.yaml", "bad/list.yml"],
  );
});

test("a tool that cannot be had is left out", async () => {
  const tool: Tool = { name: "a tool", checks: {}, judge: async () => Promise.reject(new Error("spawn go ENOENT")) };
  assert.deepEqual(await scoreOf(tool, "", corpus(), ""), []);
});
