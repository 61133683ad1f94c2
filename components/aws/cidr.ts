/** A range of IPv4 addresses: 10.80.0.0/16. */
export interface Cidr {
  /** The first address as a number. */
  readonly first: number;
  readonly prefix: number;
}

/** Null where the text is no range, or its address is not the first one of it (10.80.0.1/16). */
export function parseCidr(text: string): Cidr | null {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (found === null) return null;
  const [, ...numbers] = found.map(Number);
  const prefix = numbers.pop() as number;
  const first = numbers.reduce((sum, byte) => sum * 256 + byte, 0);
  const isRange = numbers.every((byte) => byte <= 255) && prefix <= 32 && first % 2 ** (32 - prefix) === 0;
  const range = { first, prefix };
  // One way to write it: no 010.0.0.0/8.
  return isRange && cidrText(range) === text ? range : null;
}

export function cidrText({ first, prefix }: Cidr): string {
  return `${addressText(first)}/${prefix}`;
}

export function sizeOf({ prefix }: Pick<Cidr, "prefix">): number {
  return 2 ** (32 - prefix);
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.first + sizeOf(inner) <= outer.first + sizeOf(outer);
}

/** The range of this prefix that comes after so many others in the larger one. */
export function partOf(whole: Cidr, prefix: number, index: number): Cidr {
  return { first: whole.first + index * sizeOf({ prefix }), prefix };
}

/** The upper half of a range. */
export function upperHalf(whole: Cidr): Cidr {
  return partOf(whole, whole.prefix + 1, 1);
}

/** The address that has this number in the range, counted from 0. */
export function addressIn({ first }: Cidr, number: number): string {
  return addressText(first + number);
}

function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
