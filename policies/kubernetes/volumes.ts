import { posix } from "node:path";
import { partsOf } from "../parts";
import type { RuleArgs } from "../rule";
import type { Pod } from "./pod";

type Props = RuleArgs["props"];

/** A volume of a pod with its place, as in `volumes[0] (huge)`. */
export interface Volume {
  readonly where: string;
  readonly props: Props;
}

/** Each volume; one that throws where the list, or that volume, is not known yet. */
export function volumesOf(pod: Pod): (() => Volume)[] {
  return partsOf(() => {
    const found: Props[] = pod.spec().volumes ?? [];
    return [...found.keys()].map((at) => () => volumeOf(at, found[at] ?? {}));
  });
}

function volumeOf(at: number, props: Props): Volume {
  const name = typeof props.name === "string" ? ` (${props.name})` : "";
  return { where: `volumes[${at}]${name}`, props };
}

/** The path of the node that a volume shows, without doubled and trailing slashes; null where it shows none. */
export function hostPathOf({ props }: Volume): string | null {
  const path: unknown = props.hostPath?.path;
  return typeof path === "string" ? posix.resolve("/", path) : null;
}

/** Whether a path is this folder, or stands in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}

/** `HugePages` or `HugePages-SIZE`; null where a volume is no emptyDir of hugepages. */
export function hugepagesMediumOf({ props }: Volume): string | null {
  const medium: unknown = props.emptyDir?.medium;
  return typeof medium === "string" && /^HugePages(-|$)/.test(medium) ? medium : null;
}
