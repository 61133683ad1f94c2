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

/** A check of the cluster by a program of this folder: when it is made, and again when something of `spec` is another. */
export function clusterCheckCommand(
  name: string,
  program: "cluster-check-command" | "webhook-check-command",
  spec: pulumi.Input<object>,
  kubeconfig: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      interpreter: interpreterOf(__filename, join(__dirname, program)),
      dir: __dirname,
      addPreviousOutputInEnv: false,
      create: "check",
      environment: {
        [SPEC]: pulumi.output(spec).apply((known) => JSON.stringify(known, undefined, 1)),
        ...(kubeconfig === undefined ? {} : { [KUBECONFIG]: pulumi.secret(kubeconfig) }),
      },
      logging: local.Logging.Stderr,
    },
    opts,
  );
}
