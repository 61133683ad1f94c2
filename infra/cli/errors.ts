/** A command line that cannot go on: one line with what, where, which value, and what to do. */
export class CommandLineError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
    /** 1: failed, 2: wrong usage. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "CommandLineError";
  }
}
