/** A resource as it is judged without an engine: from a saved state, or from a manifest. */
export interface CheckedResource {
  /** Pulumi's: `kubernetes:core/v1:Pod`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** What rules about one resource read; null where it is only looked up, and nobody here makes it. */
  readonly inputs: Props | null;
  /** What rules about the whole stack read. */
  readonly outputs: Props;
  /** URNs. */
  readonly parent?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly place: Place;
  /** Texts that must not be printed. */
  readonly secrets: readonly string[];
}

export type Props = Readonly<Record<string, unknown>>;

/** Where a resource was read. */
export interface Place {
  readonly file: string;
  /** Number of the YAML document, from 1; null in a state. */
  readonly document: number | null;
  /** Number of the object within a list, from 1. */
  readonly item?: number;
}

/** `pods.yaml, document 2, item 1` */
export function placeText({ file, document, item }: Place): string {
  return [file, ...(document === null ? [] : [`document ${document}`]), ...(item ? [`item ${item}`] : [])].join(", ");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same, each with a URN of its own: nothing keeps two files from naming an object twice. */
export function withOwnUrns(resources: readonly CheckedResource[]): CheckedResource[] {
  const seen = new Map<string, number>();
  return resources.map((resource) => {
    const times = (seen.get(resource.urn) ?? 0) + 1;
    seen.set(resource.urn, times);
    return times === 1 ? resource : { ...resource, urn: `${resource.urn}#${times}` };
  });
}
