/** A guest of the lab cannot be had: one line with what, where, which value, and what to do. */
export class LabError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "LabError";
  }
}
