/** What a tool says of a manifest: the name of a check of its own, once for every object or container that fails it. */
export interface Finding {
  /** `bad/bare-pod.yaml` */
  readonly manifest: string;
  readonly check: string;
}

/** What a tool said of all manifests, and what it took. */
export interface Said {
  readonly findings: readonly Finding[];
  /** Seconds by the clock, and of the processor. */
  readonly elapsed: number;
  readonly cpu: number;
}

/** By the corpus's numbers (rule-numbers.ts): the checks of a tool that tell an operator of that very mistake. */
export type Checks = Readonly<Record<number, readonly string[]>>;

/** A program that judges Kubernetes manifests. */
export interface Tool {
  /** With its version. */
  readonly name: string;
  readonly checks: Checks;
  /** Judges the folder `manifests`, in which `good/` and `bad/` are; `names` are all that is in them. Rejects where it cannot be had. */
  judge(manifests: string, names: readonly string[], cacheFolder: string): Promise<Said>;
}
