import type { PolicyResource } from "@pulumi/policy";
import { once, onceEach } from "../parts";
import { known, textsIn } from "./known";

/** Which resources of a stack name which. All of them are read once, however many are asked about: a fleet has thousands. */
export interface Links {
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
  const byId = onceEach((one: PolicyResource) =>
    onceEach((property: string) => {
      const { texts } = textsIn(() => one.props[property]);
      return inOrder(texts.flatMap((text) => byText().get(text) ?? []));
    }),
  );
  const named: Links["named"] = (one, property, types) => {
    const found = byId(one)(property).filter(({ type }) => types.includes(type));
    if (found.length > 0) return found;
    return (one.propertyDependencies[property] ?? []).filter(({ type }) => types.includes(type));
  };
  const backwards = onceEach((property: string) =>
    onceEach((type: string) =>
      grouped(resources.flatMap((each) => named(each, property, [type]).map((one) => [one, each] as const))),
    ),
  );
  return { named, naming: (one, property) => backwards(property)(one.type).get(one) ?? [] };
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
