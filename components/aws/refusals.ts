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

export function refuseNoWholeNumber(where: string, value: number, least: number, refuse: Refuse): void {
  if (!Number.isInteger(value) || value < least)
    refuse(`${where} is ${value}`, `write a whole number from ${least} on`);
}
