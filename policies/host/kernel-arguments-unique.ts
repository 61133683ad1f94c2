import { kernelArgument } from "./arguments";
import { type HostPlan, planRule } from "./plan";

/**
 * Of two arguments with one key the kernel takes the later one, or both: which of them holds depends on who reads it. A node whose
 * command line says two things is not the node that was reviewed.
 */
export const kernelArgumentsUnique = planRule({
  name: "dpdk-kernel-arguments-unique",
  displayName: "No kernel argument twice",
  description: "A DPDK node's kernel arguments hold no key twice.",
  severity: "medium",
  enforcementLevel: "mandatory",
  tags: ["host"],
  remediationSteps: "Leave one of them in `kernel.extraArguments` of the fleet file.",
  mistakes: ({ kernel }) => [...repeatedKeys(kernel.arguments), ...repeatedPools(kernel.arguments)],
});

// Documentation/admin-guide/kernel-parameters.txt: these are read as often as they are written.
const repeatable = new Set(["console", "earlycon", "memmap", "hugepagesz", "hugepages"]);

function repeatedKeys(tokens: HostPlan["kernel"]["arguments"]): string[] {
  const first = new Map<string, string>();
  return tokens.map(kernelArgument).flatMap(({ key, token }) => {
    const other = first.get(key);
    if (other === undefined) first.set(key, token);
    if (other === undefined || repeatable.has(key)) return [];
    return [`kernel arguments ${other} and ${token} set the same; keep one`];
  });
}

/** One `hugepages=` for each `hugepagesz=`, and each size once. */
function repeatedPools(tokens: HostPlan["kernel"]["arguments"]): string[] {
  const sizes = new Set<string>();
  let size = "";
  let counted = false;
  return tokens.map(kernelArgument).flatMap(({ key, value, token }) => {
    if (key === "hugepagesz") {
      size = value.toUpperCase();
      counted = false;
      if (sizes.has(size)) return [`kernel argument ${token} is there twice; keep one, with the pages of both`];
      sizes.add(size);
    }
    if (key !== "hugepages") return [];
    const again = counted;
    counted = true;
    return again ? [`kernel argument ${token} is the second of hugepagesz=${size || "2M"}; keep one`] : [];
  });
}
