/** This machine cannot be prepared: one line with what, where, which value, and what to do. Nothing was changed. */
export class DebianError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "DebianError";
  }
}
