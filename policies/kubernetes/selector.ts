import type { PolicyResource } from "@pulumi/policy";

type Props = PolicyResource["props"];

/**
 * Whether a label selector selects what has these labels; an empty one selects all. Throws the SDK's error where that is not known yet.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(selector: Props | undefined | null, labels: Props | undefined | null): boolean {
  const wanted: Props = selector?.matchLabels ?? {};
  const expressions: Props[] = selector?.matchExpressions ?? [];
  return (
    Object.keys(wanted).every((key) => labels?.[key] === wanted[key]) &&
    [...expressions.keys()].every((at) => fits(expressions[at] ?? {}, labels))
  );
}

function fits({ key, operator, values }: Props, labels: Props | undefined | null): boolean {
  const value: unknown = labels?.[String(key)];
  const isAmong = [...(values ?? [])].includes(value);
  if (operator === "In") return isAmong;
  if (operator === "NotIn") return !isAmong;
  return operator === "Exists" ? value !== undefined : value === undefined;
}
