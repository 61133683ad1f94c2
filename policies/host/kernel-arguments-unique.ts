import { kernelArgument, sizeKiB, toldPages, withKey } from "./arguments";
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
  why: "Of an argument that is there twice the kernel takes the last one, or adds both up: what is read in the file is not what runs.",
  source: "docs/failures.md, 3",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Leave one of them in `kernel.extraArguments` of the fleet file.",
  mistakes: ({ kernel }) => [...repeatedKeys(kernel.arguments), ...repeatedPools(kernel.arguments)],
});

// Read as often as they are written (kernel-parameters.txt; kernel-command-line(7), dracut.cmdline(7), modprobe(8)).
const repeatable =
  /^(console|earlycon|memmap|reserve_mem|crashkernel|acpi_osi|pci|video|cgroup_disable|initcall_blacklist|modprobe\.blacklist|systemd\.(mask|wants|setenv|set_credential(_binary)?)|rd\..+)$/;

function repeatedKeys(tokens: HostPlan["kernel"]["arguments"]): string[] {
  const first = new Map<string, string>();
  return tokens.map(kernelArgument).flatMap(({ key, token }) => {
    const other = first.get(key);
    if (other === undefined) first.set(key, token);
    const pool = key === "hugepages" || key === "hugepagesz";
    if (other === undefined || pool || (repeatable.test(key) && other !== token)) return [];
    return [`kernel arguments ${shown(other)} and ${shown(token)} set the same; keep one`];
  });
}

/** A credential's value stays out of messages. */
const shown = (token: string) => token.replace(/^(systemd.set_credential\w*=[^:]*:).*/, "$1…");

/** One `hugepages=` for each `hugepagesz=`, and each size once. */
function repeatedPools(tokens: HostPlan["kernel"]["arguments"]): string[] {
  const named = new Set<number>();
  const sizes = withKey(tokens, "hugepagesz").flatMap(({ value, token }) => {
    if (named.has(sizeKiB(value))) return [`kernel argument ${token} is there twice; keep one, with the pages of both`];
    named.add(sizeKiB(value));
    return [];
  });
  const counted = new Set<number>();
  const counts = toldPages(tokens).flatMap(({ token, kib }) => {
    if (counted.has(kib)) return [`kernel argument ${token} is the second of hugepagesz=${kib / 1024}M; keep one`];
    counted.add(kib);
    return [];
  });
  return [...sizes, ...counts];
}
