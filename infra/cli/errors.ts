import { ErrorWithRemedy } from "../../components/error-with-remedy";

/** A command line that cannot go on. */
export class CommandLineError extends ErrorWithRemedy {
  override readonly name = "CommandLineError";

  constructor(
    message: string,
    remedy: string,
    /** 1: failed, 2: wrong usage. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message, remedy);
  }
}
