import { unjudged } from "./errors";
import { isObject, type Props } from "./resource";

// How a state marks what is no plain value (pulumi/sdk, resource/sig): the key, and what stands there for a secret.
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** In every object of an input, the names of what the provider filled in (pulumi-terraform-bridge); no property of any resource. */
const filledIn = "__defaults";

/** Shorter ones would hide half of every line; the engine leaves them too (pulumi/sdk, common/util/logging). */
const shortest = 3;

/**
 * Properties of a state as rules may read them. An encrypted secret throws when it is read, as a value does that a preview does not
 * know; what `pulumi stack export --show-secrets` has deciphered is judged, and told so that nobody prints it.
 */
export function readable(props: Props): { readonly props: Props; readonly secrets: readonly string[] } {
  const secrets: string[] = [];
  let isWhole = true;
  const opened = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(opened);
    if (!isObject(value)) return value;
    if (value[signature] !== secretSignature)
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => name !== filledIn)
          .map(([name, inner]) => [name, opened(inner)]),
      );
    if (typeof value.plaintext === "string") {
      const shown: unknown = JSON.parse(value.plaintext);
      secrets.push(...textsIn(shown));
      return opened(shown);
    }
    isWhole = false;
    return hidden;
  };
  const found = opened(props) as Props;
  return { props: isWhole ? found : guarded(found, ""), secrets: secrets.filter((text) => text.length >= shortest) };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Stands for an encrypted value until it is read. */
const hidden = Symbol("secret");

function guarded<Of extends object>(target: Of, path: string): Of {
  return new Proxy(target, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name);
      if (typeof name === "symbol") return value;
      if (value === hidden)
        throw unjudged(
          `the value at ${path}.${name} is encrypted in the state; \`pulumi stack export --show-secrets\` lets it be judged`,
        );
      return typeof value === "object" && value !== null ? guarded(value, `${path}.${name}`) : value;
    },
  });
}
