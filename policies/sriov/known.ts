/** What is known of several values, and a part that throws for each that is not: one must not hide the others. */
export function settle<Value>(reads: Iterable<() => Value>): { known: Value[]; unknown: (() => never)[] } {
  const known: Value[] = [];
  const unknown: (() => never)[] = [];
  for (const read of reads) {
    try {
      known.push(read());
    } catch (error) {
      unknown.push(() => {
        throw error;
      });
    }
  }
  return { known, unknown };
}

/** True as soon as one value is known to be so; throws where an unknown one could still be. */
export function someKnown<Value>(reads: Iterable<() => Value>, is: (value: Value) => boolean): boolean {
  const { known, unknown } = settle(reads);
  if (known.some(is)) return true;
  for (const fail of unknown) fail();
  return false;
}

/** The engine lists a stack's resources as they are made: a finding about two of them names them in an order that stays. */
export function inOrder<Value extends { readonly urn: string }>(values: readonly Value[]): Value[] {
  return [...values].sort((one, other) => (one.urn < other.urn ? -1 : Number(one.urn > other.urn)));
}
