import { ErrorWithRemedy } from "../error-with-remedy";

/** A workload or a worker cannot be as it is asked for. Nothing is made. */
export class KubernetesError extends ErrorWithRemedy {
  override readonly name = "KubernetesError";
}
