import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/**
 * A kernel that the file says is booted must be one that it asks for. Memory and CPU flags are the node agent's to see:
 * hardware.numaNodes has what the kernel left of the memory, not what was bought.
 */
export function requirementMistakes({ requirements, hardware }: FleetNode): FleetProblem[] {
  const asked = requirements?.kernel ?? null;
  if (asked === null || !isOlder(hardware.kernel, asked)) return [];
  const remedy = `hardware.kernel is ${hardware.kernel}; boot a newer one, or ask for no more`;
  return [{ path: ["requirements", "kernel"], value: asked, remedy }];
}

function isOlder(release: string, than: string): boolean {
  const [major = 0, minor = 0] = release.split(/[.-]/).map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
