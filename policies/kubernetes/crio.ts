import type { Pod } from "./pod";

/** Annotations by which CRI-O leaves the CPUs of a pod alone: https://github.com/cri-o/cri-o/blob/main/pkg/annotations/annotations.go */
export const crioAnnotations = [
  "cpu-load-balancing.crio.io",
  "irq-load-balancing.crio.io",
  "cpu-quota.crio.io",
] as const;

/** Those that a pod has. Throws the SDK's error where its annotations are not known yet. */
export function crioAnnotationsOf(pod: Pod): string[] {
  const has = Object.keys(pod.metadata().annotations ?? {});
  return crioAnnotations.filter((name) => has.includes(name));
}
