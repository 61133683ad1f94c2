import { AwsError } from "./errors";

/** Throws the error of this fleet: where, which value, and what to do. */
export type Refuse = (what: string, remedy: string) => never;

export function refusing(fleet: string): Refuse {
  return (what, remedy) => {
    throw new AwsError(`${fleet}: ${what}`, remedy);
  };
}

/** How an error names an instance. */
export function instanceTitle(at: number, { name }: { readonly name: string }): string {
  return `instances[${at}] (${name})`;
}

/** An IAM role's name has 64 characters at most, and ours has words behind the fleet's; an instance's stands in names of AWS, too. */
export function refuseNoName(what: string, name: string, refuse: Refuse): void {
  if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name))
    refuse(what, "write lowercase letters, digits and hyphens, 40 at most");
}

export function refuseNoWholeNumber(where: string, value: number, least: number, refuse: Refuse): void {
  if (!Number.isInteger(value) || value < least)
    refuse(`${where} is ${value}`, `write a whole number from ${least} on`);
}
