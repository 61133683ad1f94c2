import assert from "node:assert/strict";
import { test } from "node:test";
import { corpus } from "../../policies/corpus";
import { kubernetesManifests } from "./beside-others";
import { RIGHT } from "./others/score";

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
