/** The subnet that a policy's netFilter selects interfaces of; null where it is none of AWS. As the operator reads it, spaces allowed. */
export function networkIdOf(netFilter: unknown): string | null {
  return /^\s*aws\/NetworkID\s*:\s*(\S+)/.exec(String(netFilter ?? ""))?.[1] ?? null;
}
