/** The image cannot be had: one line with what, where, which value, and what to do. */
export class ImageError extends Error {
  constructor(
    message: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(`${message}; ${remedy}`);
    this.name = "ImageError";
  }
}
