import { ErrorWithRemedy } from "../error-with-remedy";

/** A fleet cannot be as it is asked for, or an instance not be entered safely. Nothing is made. */
export class AwsError extends ErrorWithRemedy {
  override readonly name = "AwsError";
}
