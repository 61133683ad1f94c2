import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { interpreterOf } from "../image/interpreter";
import { KUBECONFIG, SPEC } from "./check-environment";

/** How a check of the cluster enters it: by itself, as a provider does not tell where it goes. */
export interface CheckAccess {
  /** The provider's kubeconfig, where it has one. Default: that of KUBECONFIG, or ~/.kube/config. */
  readonly kubeconfig?: pulumi.Input<string>;
  /** Default: the one that is current in the kubeconfig. */
  readonly context?: string;
}

/** A program of this folder that looks at a cluster. */
export type CheckProgram =
  | "cluster-check-command"
  | "webhook-check-command"
  | "rollout-check-command"
  | "pods-gone-command";

/**
 * A check of the cluster by a program of this folder: when it is made, and again when something of `spec` is another; or when it is deleted,
 * which is after all that depends on it.
 */
export function clusterCheckCommand(
  name: string,
  program: CheckProgram,
  spec: pulumi.Input<object>,
  kubeconfig: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
  when: "create" | "delete" = "create",
): local.Command {
  return new local.Command(
    name,
    {
      interpreter: interpreterOf(__filename, join(__dirname, program)),
      dir: __dirname,
      addPreviousOutputInEnv: false,
      [when]: "check",
      environment: {
        [SPEC]: pulumi.output(spec).apply((known) => JSON.stringify(known, undefined, 1)),
        ...(kubeconfig === undefined ? {} : { [KUBECONFIG]: pulumi.secret(kubeconfig) }),
      },
      logging: local.Logging.Stderr,
    },
    opts,
  );
}
