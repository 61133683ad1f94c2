import { shown } from "./files";
import type { Mutant } from "./mutants";

/** A mutant that no test can tell from the rule, since it says the same of everything. */
export interface Equivalent extends Pick<Mutant, "file" | "within" | "was" | "becomes"> {
  /** Why nothing can tell it. */
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: "policies/sriov/in-order.ts",
    within: "inOrder",
    was: "return [...values].sort((one, other) => (one.urn < other.urn ? -1 : Number(one.urn > other.urn)));",
    becomes: "return [...values].sort((one, other) => (one.urn < other.urn ? -1 : Number(one.urn >= other.urn)));",
    why: "of two with one URN, V8's sort keeps the order for 1 as it does for 0",
  },
];

export function isListed(mutant: Mutant, list: readonly Equivalent[]): boolean {
  return list.some((one) => isOf(one, mutant));
}

/** Entries of a file that are of no mutant of it any more. */
export function stale(file: string, mutants: readonly Mutant[], list: readonly Equivalent[]): Equivalent[] {
  return list.filter((one) => one.file === shown(file) && !mutants.some((mutant) => isOf(one, mutant)));
}

function isOf({ file, within, was, becomes }: Equivalent, mutant: Mutant): boolean {
  return file === shown(mutant.file) && within === mutant.within && was === mutant.was && becomes === mutant.becomes;
}
