import type { PolicyResource } from "@pulumi/policy";
import { once, onceEach } from "../parts";

type Props = PolicyResource["props"];

/** The value of a label; undefined where it has none. Throws the SDK's error where that is not known yet. */
export type Labels = (key: string) => unknown;

/** Each label is read once, however many selectors ask for it. */
export function labelsOf(read: () => Props | undefined | null): Labels {
  return onceEach((key) => read()?.[key]);
}

/** Whether it selects what has these labels. Throws the SDK's error where that is not known yet. */
export type Selector = (labels: Labels) => boolean;

/**
 * A label selector, which is read once, however many labels it is held against; an empty one selects all.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selectorOf(read: () => Props | undefined | null): Selector {
  const wanted = once(() => {
    const labels: Props = read()?.matchLabels ?? {};
    return Object.keys(labels).map((key) => ({ key, value: once((): unknown => labels[key]) }));
  });
  const expressions = once(() => {
    const list: Props[] = read()?.matchExpressions ?? [];
    return [...list.keys()].map((at) => expressionOf(() => list[at] ?? {}));
  });
  return (labels) =>
    wanted().every(({ key, value }) => labels(key) === value()) && expressions().every((fits) => fits(labels));
}

function expressionOf(read: () => Props): Selector {
  const said = once(() => {
    const { key, operator, values } = read();
    return { key: String(key), operator: operator as unknown, values: [...(values ?? [])] as unknown[] };
  });
  return (labels) => {
    const { key, operator, values } = said();
    const value = labels(key);
    if (operator === "In") return values.includes(value);
    if (operator === "NotIn") return !values.includes(value);
    return operator === "Exists" ? value !== undefined : value === undefined;
  };
}
