import { type CheckedResource, isObject, type Props } from "./resource";
import { readable } from "./secrets";

/** The resources of what `pulumi stack export` writes, or of a file of a backend; null where it is neither. */
export function resourcesOfState(document: unknown, file: string): CheckedResource[] | null {
  const deployment = deploymentOf(document);
  if (deployment === null) return null;
  const { resources = [] } = deployment;
  if (!Array.isArray(resources)) throw new RangeError("its resources are no list");
  return resources
    .filter(isObject)
    .filter(isThere)
    .map((one) => resourceOf(one, file));
}

function deploymentOf(document: unknown): Record<string, unknown> | null {
  if (!isObject(document)) return null;
  if (isObject(document.deployment)) return document.deployment;
  const { checkpoint } = document;
  return isObject(checkpoint) && isObject(checkpoint.latest) ? checkpoint.latest : null;
}

/** One that is only waiting to be deleted has a successor, which is judged. */
function isThere({ delete: isDying }: Record<string, unknown>): boolean {
  return isDying !== true;
}

function resourceOf(state: Record<string, unknown>, file: string): CheckedResource {
  const { urn, type } = state;
  if (typeof urn !== "string" || typeof type !== "string") throw new RangeError("a resource has no urn or no type");
  const inputs = readable(propsOf(state.inputs));
  // What the program says, and beside it what the provider filled in: AWS's has a hash for user data, and the image's own IMDS options.
  const outputs = readable({ ...propsOf(state.outputs), ...propsOf(state.inputs) });
  return {
    type,
    urn,
    name: urn.split("::").slice(3).join("::") || urn,
    inputs: state.external === true ? null : inputs.props,
    outputs: outputs.props,
    ...(typeof state.parent === "string" ? { parent: state.parent } : {}),
    dependencies: textsOf(state.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(propsOf(state.propertyDependencies)).map(([name, urns]) => [name, textsOf(urns)]),
    ),
    protect: state.protect === true,
    place: { file, document: null },
    secrets: [...new Set([...inputs.secrets, ...outputs.secrets])],
  };
}

function propsOf(value: unknown): Props {
  return isObject(value) ? value : {};
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
