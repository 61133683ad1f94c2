import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { interpreterOf } from "../image/interpreter";

export interface InstanceHostKeyArgs {
  /** Where the instance is. Example: `eu-central-1`. */
  readonly region: string;
  readonly instanceId: pulumi.Input<string>;
  /** Absolute path of a file on the operator's machine that keeps the key, for other connections than the engine's. */
  readonly file: string;
  /** How long the instance may take until its console has the key. Unit: s. Default 600. */
  readonly seconds?: number;
  /** Between two looks. Unit: s. Default 10. */
  readonly pollSeconds?: number;
}

/**
 * The host key that an instance has made, read from its console by AWS's command line (`aws`, version 2) before the first connection is
 * opened. Read again when the instance is another one, never because it is late or rebooted.
 *
 * Errors: no program `aws`; what it says, such as credentials that have ended; two keys on one console; no key in time.
 *
 * @example
 * new InstanceHostKey("validator-00", { region: "eu-central-1", instanceId: node.instanceId, file: "/srv/keys/validator-00.pub" });
 */
export class InstanceHostKey extends pulumi.ComponentResource {
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: InstanceHostKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:aws:InstanceHostKey", name, {}, opts);
    const { region, instanceId, file, seconds = 600, pollSeconds = 10 } = args;
    const read = new local.Command(
      `${name}-host-key`,
      {
        interpreter: interpreterOf(__filename, join(__dirname, "console-command")),
        dir: __dirname,
        create: "read",
        delete: "forget",
        environment: {
          REGION: region,
          INSTANCE_ID: instanceId,
          HOST_KEY_FILE: file,
          SECONDS: `${seconds}`,
          POLL_SECONDS: `${pollSeconds}`,
        },
        addPreviousOutputInEnv: false,
        logging: local.Logging.Stderr,
      },
      { parent: this },
    );
    this.hostKey = read.stdout;
    this.registerOutputs({ hostKey: this.hostKey });
  }
}
