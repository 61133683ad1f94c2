import type { Part, RuleArgs } from "../rule";
import { type Pod, podOf } from "./pod";
import { roleOf } from "./role";

/** Parts of a pod that takes a device or hugepages; why not, where it does not. `also` lets in what has no device and polls. */
export function forDpdkPod(
  args: RuleArgs,
  parts: (pod: Pod) => Iterable<Part> | string,
  also: (pod: Pod) => boolean = () => false,
): Iterable<Part> | string {
  const pod = podOf(args);
  if (pod === null) return "the resource makes no pod";
  try {
    if (roleOf(pod) !== "dpdk" && !also(pod)) return "the pod is no DPDK pod";
  } catch (error) {
    return [
      () => {
        throw error;
      },
    ];
  }
  return parts(pod);
}
