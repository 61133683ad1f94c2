/** A workload cannot be as it is asked for: one line with what, where, which value, and what to do. Nothing is made. */
export class KubernetesError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "KubernetesError";
  }
}
