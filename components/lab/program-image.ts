import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** An image that has one static program, in the lab's registry. */
export interface ProgramImageArgs {
  /** Absolute path of the program, which is the image's entrypoint. Another program has another path: the cache names it by its inputs. */
  program: string;
  /** Name of the image in the registry. Example `pause`. */
  name: string;
  /** The registry as this computer reaches it: `127.0.0.1:PORT`. */
  registry: string;
  /** The registry as guests reach it: `10.0.2.2:PORT`. */
  pullFrom: string;
  /** Empty files that the program must find. Default: none. */
  emptyFiles?: readonly string[];
}

/** Beside its digest an image of the lab has a name, for who must know it before it is made. */
export const IMAGE_TAG = "lab";

const script = join(__dirname, "program-image.sh");

/** Made and pushed when the program changes. What a released image is elsewhere: the lab has only what it builds. */
export class ProgramImage extends pulumi.ComponentResource {
  /** `10.0.2.2:PORT/NAME@sha256:…`. Resolves when the registry has it. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ProgramImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:lab:ProgramImage", name, {}, opts);
    const push = new local.Command(
      `${name}-push`,
      {
        interpreter: ["bash", script, args.program, `${args.registry}/${args.name}`, (args.emptyFiles ?? []).join(",")],
        addPreviousOutputInEnv: false,
        create: IMAGE_TAG,
        triggers: [args.program, scriptHash()],
      },
      { parent: this },
    );
    this.reference = push.stdout.apply((digest) => `${args.pullFrom}/${args.name}@${digest.trim()}`);
    this.registerOutputs({ reference: this.reference });
  }
}

function scriptHash(): string {
  return createHash("sha256").update(readFileSync(script)).digest("hex");
}
