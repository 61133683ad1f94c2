import { type CheckedResource, isObject, type Place } from "./resource";

/**
 * The objects of one YAML document, those of a list apart; none where it is no object of a cluster. Types and names are the ones that
 * Pulumi's Kubernetes provider gives to a file of them, so that rules and exceptions mean the same here and there.
 */
export function resourcesOfManifest(document: unknown, place: Place): CheckedResource[] {
  if (!isObject(document)) return [];
  const { kind, apiVersion, items } = document;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return [];
  if (!kind.endsWith("List") || !Array.isArray(items)) return [resourceOf(kind, apiVersion, document, place)];
  return items.flatMap((item: unknown, at) =>
    // The items of a list of one kind need not repeat it.
    resourcesOfManifest(isObject(item) ? { ...impliedBy(kind, apiVersion), ...item } : item, {
      ...place,
      item: at + 1,
    }),
  );
}

function impliedBy(listKind: string, apiVersion: string): object {
  const kind = listKind.slice(0, -"List".length);
  return kind === "" ? {} : { kind, apiVersion };
}

function resourceOf(kind: string, apiVersion: string, props: Record<string, unknown>, place: Place): CheckedResource {
  const type = `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`;
  const { name, generateName, namespace } = isObject(props.metadata) ? props.metadata : {};
  const own = String(name ?? generateName ?? "without-a-name");
  const called = typeof namespace === "string" ? `${namespace}/${own}` : own;
  return {
    type,
    name: called,
    urn: `urn:pulumi:manifests::check::${type}::${called}`,
    inputs: props,
    outputs: props,
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    place,
    secrets: [],
  };
}
