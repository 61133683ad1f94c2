import type { PolicyResource } from "@pulumi/policy";
import { matches } from "../exceptions";
import type { RuleArgs } from "../rule";

type Props = RuleArgs["props"];

/** A value, or undefined where a preview does not know it yet. For what may only be better than it looks. */
export function known<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Every text within a value, and the SDK's error for a part of it that is not known yet. */
export function textsIn(read: () => unknown): { readonly texts: readonly string[]; readonly error?: unknown } {
  try {
    const value = read();
    if (typeof value === "string") return { texts: [value] };
    if (typeof value !== "object" || value === null) return { texts: [] };
    const inner = Object.keys(value).map((name) => textsIn(() => (value as Props)[name]));
    const failed = inner.find((one) => one.error !== undefined);
    const texts = [...(Array.isArray(value) ? [] : Object.keys(value)), ...inner.flatMap((one) => one.texts)];
    return failed === undefined ? { texts } : { texts, error: failed.error };
  } catch (error) {
    return { texts: [], error };
  }
}

/**
 * The properties that a program gave to a resource of a stack. A stack's rules are shown outputs, in which a preview knows nothing of
 * what AWS fills in itself: such a value depends on no other resource, and is as good as absent.
 */
export function inputsOf({ props, propertyDependencies }: PolicyResource): Props {
  return new Proxy(props, {
    get: (target, name) => read(target, name, (propertyDependencies[String(name)]?.length ?? 0) > 0),
  });
}

function read(target: Props, name: string | symbol, isInput: boolean): unknown {
  const value = isInput ? target[name as string] : known(() => target[name as string] as unknown);
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value as Props, { get: (inner, part) => read(inner, part, isInput) });
}

/** The setting of a rule that lists resources by name, `*` for any text. */
export function namesSetting(description: string) {
  return { type: "array" as const, items: { type: "string" as const, minLength: 1 }, default: [], description };
}

export function isNamed(patterns: readonly string[] | undefined, name: string): boolean {
  return (patterns ?? []).some((pattern) => matches(pattern, name));
}
