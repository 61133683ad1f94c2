import { ErrorWithRemedy } from "../error-with-remedy";

/** The image cannot be had. */
export class ImageError extends ErrorWithRemedy {
  override readonly name = "ImageError";
}
