import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import { known, textsIn } from "./known";

/** Which resources of a stack name which. All of them are read once, however many are asked about: a fleet has thousands. */
export interface Links {
  readonly resources: readonly PolicyResource[];
  /**
   * Resources of these types that a property names: by the id that it holds, else, where a preview does not know ids yet, by what the
   * property is made from.
   */
  named(one: PolicyResource, property: string, types: readonly string[]): PolicyResource[];
  /** Resources whose property names this one, in the stack's order. */
  naming(one: PolicyResource, property: string): readonly PolicyResource[];
}

export function linksOf(resources: readonly PolicyResource[]): Links {
  const byText = once(() => grouped(resources.flatMap((one) => identities(one).map((id) => [id, one] as const))));
  const order = new Map(resources.map((one, at) => [one, at]));
  const inOrder = (found: Iterable<PolicyResource>) =>
    [...new Set(found)].sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
  const byId = remembered((property, one: PolicyResource) => {
    const { texts } = textsIn(() => one.props[property]);
    return inOrder(texts.flatMap((text) => byText().get(text) ?? []));
  });
  const named: Links["named"] = (one, property, types) => {
    const found = byId(property, one).filter(({ type }) => types.includes(type));
    if (found.length > 0) return found;
    return (one.propertyDependencies[property] ?? []).filter(({ type }) => types.includes(type));
  };
  const backwards = remembered((property, type: string) =>
    grouped(resources.flatMap((each) => named(each, property, [type]).map((one) => [one, each] as const))),
  );
  return { resources, named, naming: (one, property) => backwards(property, one.type).get(one) ?? [] };
}

/** Texts by which another resource names this one. */
export function identities({ props }: PolicyResource): string[] {
  return ["id", "name", "arn"].map((name) => known(() => props[name])).filter((id) => typeof id === "string");
}

/** The values of each key, each once. */
function grouped<Key, Value>(pairs: readonly (readonly [Key, Value])[]): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Set<Value>>();
  for (const [key, value] of pairs) groups.set(key, (groups.get(key) ?? new Set()).add(value));
  return new Map([...groups].map(([key, values]) => [key, [...values]]));
}

/** What a property and something else have, read once for each two. */
function remembered<Of, Value>(read: (property: string, of: Of) => Value): (property: string, of: Of) => Value {
  const found = new Map<string, Map<Of, Value>>();
  return (property, of) => {
    const ofProperty = found.get(property) ?? new Map<Of, Value>();
    found.set(property, ofProperty);
    if (!ofProperty.has(of)) ofProperty.set(of, read(property, of));
    return ofProperty.get(of) as Value;
  };
}
