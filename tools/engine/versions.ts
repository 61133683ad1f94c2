/** The release that is downloaded or built. The same as @pulumi/pulumi in package.json. */
export const PULUMI_VERSION = "3.259.0";

/** The oldest `pulumi` that is used where it is already there: the first with `hooks.onError`. */
export const OLDEST_PULUMI = "3.245.0";

/** The command provider's release that @pulumi/command in package.json asks for. */
export const COMMAND_VERSION = "1.2.1";

/** Reads the first `1.2.3` of a text, for example of `v3.259.0` or `go1.26.8`; `1.26` counts as `1.26.0`. */
export function parseVersion(text: string): [number, number, number] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether `version` is `oldest` or newer. A text without a version is not. */
export function isAtLeast(version: string, oldest: string): boolean {
  const have = parseVersion(version);
  const want = parseVersion(oldest);
  if (!have || !want) return false;
  for (const [index, wanted] of want.entries()) {
    const part = have[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
