/** For the person at the terminal, in one line: what, where, which value, and what to do. A component's own errors are of this shape. */
export abstract class ErrorWithRemedy extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
  }
}
