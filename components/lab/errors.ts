import { ErrorWithRemedy } from "../error-with-remedy";

/** A guest of the lab cannot be had. */
export class LabError extends ErrorWithRemedy {
  override readonly name = "LabError";
}
