/** The engine cannot be had: one line with what, where, which value, and what to do. Nothing half-made is left behind. */
export class EngineError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "EngineError";
  }
}
