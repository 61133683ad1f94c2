import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyResource } from "@pulumi/policy";
import { identities, linksOf } from "./links";

const resource = (type: string, props: object, propertyDependencies: object = {}) =>
  ({ type, props, propertyDependencies }) as unknown as PolicyResource;
const props = { id: "i", name: "n", arn: "a" };
const [meant, other] = [resource("subnet", props), resource("group", props)];

test("a resource is linked by its id, name or ARN, only where it is of a type that is meant", () => {
  assert.deepEqual(identities(meant), ["i", "n", "a"]);
  for (const name of ["i", "n", "a"])
    assert.deepEqual(linksOf([other, meant]).named(resource("t", { of: [name] }), "of", ["subnet"]), [meant]);
  assert.deepEqual(linksOf([other]).named(resource("t", { of: "i" }), "of", ["subnet"]), []);
});

test("where the id is not known yet, by what the property is made from", () => {
  const byDependency = resource("t", { of: "?" }, { of: [other, meant] });
  assert.deepEqual(linksOf([]).named(byDependency, "of", ["subnet"]), [meant]);
  assert.deepEqual(linksOf([meant]).named(resource("t", {}), "of", ["subnet"]), []);
});

test("what is named is in the stack's order, each once, however often and in which order it is named", () => {
  const first = resource("subnet", { id: "s1", name: "one" });
  const one = resource("t", { of: ["i", "one", "s1"] });
  assert.deepEqual(linksOf([first, meant]).named(one, "of", ["subnet"]), [first, meant]);
});

test("what names a resource is found by the property in which it does, each once and in the stack's order", () => {
  const [a, b] = [resource("t", { of: ["i", "n"] }), resource("t", { of: "x" }, { of: [meant, other] })];
  const c = resource("t", { from: "i" });
  const links = linksOf([b, other, meant, c, a]);
  assert.deepEqual(links.naming(meant, "of"), [b, a]);
  assert.deepEqual(links.naming(meant, "from"), [c]);
  assert.deepEqual(links.naming(other, "of"), [b, a]);
  assert.deepEqual(links.naming(a, "of"), []);
});

test("each property is read once", () => {
  let reads = 0;
  const get = () => {
    reads += 1;
    return "i";
  };
  const counted = Object.defineProperty({}, "of", { get });
  const one = resource("t", counted);
  const links = linksOf([meant, one]);
  for (let again = 0; again < 3; again++) assert.deepEqual(links.named(one, "of", ["subnet"]), [meant]);
  assert.equal(reads, 1);
});
