/** The parts of something that may be unknown as a whole: then one part that throws, so that `judgeParts` says so. */
export function partsOf<Part>(read: () => Iterable<Part>): (Part | (() => never))[] {
  try {
    return [...read()];
  } catch (error) {
    return [
      () => {
        throw error;
      },
    ];
  }
}

/** Each text of a property, those behind an unknown one too. */
export function textsOf(read: () => unknown): (() => string)[] {
  return partsOf(() => {
    const value = read();
    if (!Array.isArray(value)) return [() => textOf(value)];
    return [...value.keys()].map((at) => () => textOf(value[at]));
  });
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/**
 * Judges each part of a resource, also those behind one whose value is not known yet: what is known and wrong must not hide behind
 * it. The first error (the SDK's for an unknown value) is thrown at the end, so that the engine says what could not be judged.
 *
 * @example
 * judgeParts(["create", "delete"], (name) => judge(props[name]));
 */
export function judgeParts<Part>(parts: Iterable<Part>, judge: (part: Part) => void): void {
  const errors: unknown[] = [];
  for (const part of parts) {
    try {
      judge(part);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * Those that are known and fit. Where none does and one is not known yet, that one may: its error is thrown.
 *
 * @example
 * thoseThat(containersOf(pod), (container) => hugepagesOf(container).length > 0);
 */
export function thoseThat<Value>(reads: Iterable<() => Value>, fits: (value: Value) => boolean): Value[] {
  const found: Value[] = [];
  try {
    judgeParts(reads, (read) => {
      const value = read();
      if (fits(value)) found.push(value);
    });
  } catch (error) {
    if (found.length === 0) throw error;
  }
  return found;
}

/** Whether one of them is so. Throws where none that is known is, and one is not known. */
export function anyOf<Value>(reads: Iterable<() => Value>, is: (value: Value) => boolean): boolean {
  return thoseThat(reads, is).length > 0;
}

/** What is known of several values, and a part that throws for each that is not. */
export interface Settled<Value> {
  readonly known: Value[];
  readonly unknown: (() => never)[];
}

/** Reads each of them: one that is not known must not hide the others. */
export function settle<Value>(reads: Iterable<() => Value>): Settled<Value> {
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

/** Reads once, however often it is asked, and throws again what it threw: for what each resource of a stack is compared with. */
export function once<Value>(read: () => Value): () => Value {
  let again: (() => Value) | undefined;
  return () => {
    if (again === undefined) again = remembered(read);
    return again();
  };
}

/** As `once`, for each key by itself. */
export function onceEach<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const reads = new Map<Key, () => Value>();
  return (key) => {
    const again = reads.get(key) ?? once(() => read(key));
    reads.set(key, again);
    return again();
  };
}

function remembered<Value>(read: () => Value): () => Value {
  try {
    const value = read();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
