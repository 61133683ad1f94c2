import type { PolicyResource } from "@pulumi/policy";
import { once } from "../parts";
import { type Pod, podOf } from "./pod";
import { type Labels, labelsOf, selectorOf } from "./selector";

/** A pod that the stack makes, and the resource that makes it. */
export interface StackPod {
  readonly pod: Pod;
  readonly urn: string;
  /** `Deployment node`: the kind and Pulumi's name of the resource. */
  readonly title: string;
  /** As `saidNamespace`. */
  namespace(): string | undefined;
  readonly labels: Labels;
}

/** Of all workloads of a stack. A patch belongs to one that is made elsewhere, and says only a part of it. */
export function podsOf(resources: readonly PolicyResource[]): StackPod[] {
  return resources.flatMap(({ type, props, urn, name }) => {
    const pod = podOf({ type, props });
    if (pod === null || pod.isPatch) return [];
    const labels = labelsOf(() => pod.metadata().labels);
    return [{ pod, urn, title: `${pod.kind} ${name}`, namespace: once(() => saidNamespace(props)), labels }];
  });
}

/** The namespace that a resource names; undefined where it is made in whichever one is current. */
export function saidNamespace(props: PolicyResource["props"]): string | undefined {
  const said: unknown = props.metadata?.namespace;
  return typeof said === "string" && said !== "" ? said : undefined;
}

/** Whether two resources may be in one namespace. What names none follows the other: both are made by one program. */
export function mayShareNamespace(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** Whether an object is for a pod: its selector selects the labels, and both may be in one namespace. */
export function scopeOf(
  props: PolicyResource["props"],
  selector: () => PolicyResource["props"] | undefined | null,
): (one: StackPod) => boolean {
  const namespace = once(() => saidNamespace(props));
  const selects = selectorOf(selector);
  return (one) => mayShareNamespace(namespace(), one.namespace()) && selects(one.labels);
}
