import assert from "node:assert/strict";
import { test } from "node:test";
import { resourcesOfManifest } from "./manifest";
import { placeText, withOwnUrns } from "./resource";

const place = { file: "a.yaml", document: 2 };
const typesOf = (document: unknown) => resourcesOfManifest(document, place).map(({ type }) => type);

test("kind and apiVersion become the type that Pulumi's provider has for them", () => {
  const types = [
    ["v1", "Pod", "kubernetes:core/v1:Pod"],
    ["apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"],
    ["networking.k8s.io/v1", "NetworkPolicy", "kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    [
      "sriovnetwork.openshift.io/v1",
      "SriovNetworkNodePolicy",
      "kubernetes:sriovnetwork.openshift.io/v1:SriovNetworkNodePolicy",
    ],
  ] as const;
  for (const [apiVersion, kind, type] of types) assert.deepEqual(typesOf({ apiVersion, kind }), [type]);
});

test("an object is named with its namespace, as in Pulumi, and keeps its properties and its place", () => {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "n" }, spec: {} };
  const [found] = resourcesOfManifest(pod, place);
  assert.deepEqual([found?.name, found?.inputs, found?.outputs, found?.place], ["n/a", pod, pod, place]);
  assert.equal(found?.urn, "urn:pulumi:manifests::check::kubernetes:core/v1:Pod::n/a");
  const nameOf = (metadata: object) => resourcesOfManifest({ ...pod, metadata }, place)[0]?.name;
  assert.deepEqual([nameOf({ name: "a" }), nameOf({ generateName: "a-" }), nameOf({})], ["a", "a-", "without-a-name"]);
});

test("a list is unfolded, with the place of each object; the objects of a list of one kind need not say it", () => {
  const list = (kind: string, ...items: unknown[]) => ({ apiVersion: "v1", kind, items });
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
  const found = resourcesOfManifest(list("List", pod, list("PodList", { metadata: { name: "b" } })), place);
  assert.deepEqual(
    found.map(({ type, name, place: at }) => [type, name, placeText(at)]),
    [
      ["kubernetes:core/v1:Pod", "a", "a.yaml, document 2, item 1"],
      ["kubernetes:core/v1:Pod", "b", "a.yaml, document 2, item 1"],
    ],
  );
});

test("a kind that only ends in List is an object of its own", () => {
  assert.deepEqual(typesOf({ apiVersion: "example.com/v1", kind: "AllowList", spec: {} }), [
    "kubernetes:example.com/v1:AllowList",
  ]);
});

test("values of a chart, a text, a hole and an object without a kind are no objects of a cluster", () => {
  for (const other of [{ replicas: 2 }, "text", null, [1], { kind: "Pod" }, { apiVersion: "v1", kind: 3 }])
    assert.deepEqual(resourcesOfManifest(other, place), []);
});

test("two objects of one name have URNs of their own", () => {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
  const urns = withOwnUrns([1, 2, 3].flatMap(() => resourcesOfManifest(pod, place))).map(({ urn }) => urn);
  assert.deepEqual(
    urns.map((urn) => urn.split("::").at(-1)),
    ["a", "a#2", "a#3"],
  );
});
