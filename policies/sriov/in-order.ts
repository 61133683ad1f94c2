/** The engine lists a stack's resources as they are made: a finding about two of them names them in an order that stays. */
export function inOrder<Value extends { readonly urn: string }>(values: readonly Value[]): Value[] {
  return [...values].sort((one, other) => (one.urn < other.urn ? -1 : Number(one.urn > other.urn)));
}
