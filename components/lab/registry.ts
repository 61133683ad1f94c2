import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { interpreterOf } from "../image/interpreter";
import { HOST_OF_GUESTS } from "./addresses";
import { labPortBase, registryFolder, registryPort } from "./ports";
import type { RegistrySpec } from "./registry-power";
import { wantedIncarnation } from "./state";

/** A registry of container images for one lab. */
export interface LabRegistryArgs {
  /** Absolute path of the folder in which the lab's guests have theirs. The registry's own folder, `registry`, lies beside it. */
  lab: string;
  /** Seconds from its start until it answers. Default 30; it takes less than one on an idle computer. */
  startSeconds?: number;
}

/**
 * Debian's docker-registry as a process on loopback: the operator pushes to it, the lab's guests pull from it over QEMU's user
 * networking, and nobody else reaches it. What it holds lies in the registry's folder and goes with the lab. One resource, which
 * starts it where it does not run.
 *
 * ```ts
 * const registry = new LabRegistry("registry", { lab: "/project/.cache/lab/guests" });
 * new DataPlaneImage("data-plane-image", {
 *   repository: `${registry.address}/pantheon-node`, pullFrom: `${registry.addressForGuests}/pantheon-node`, plainHttp: true, …
 * }, { dependsOn: registry });
 * ```
 */
export class LabRegistry extends pulumi.ComponentResource {
  /** `127.0.0.1:PORT`, known before it runs. Speaks HTTP without TLS. */
  readonly address: string;
  /** `10.0.2.2:PORT`: the same, as the lab's guests reach it. */
  readonly addressForGuests: string;

  constructor(name: string, args: LabRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:lab:Registry", name, {}, opts);
    const spec = registrySpec(args);
    this.address = `127.0.0.1:${spec.port}`;
    this.addressForGuests = `${HOST_OF_GUESTS}:${spec.port}`;
    new local.Command(
      `${name}-power`,
      {
        interpreter: interpreterOf(__filename, join(__dirname, "registry-command")),
        dir: __dirname,
        addPreviousOutputInEnv: false,
        create: "power-on",
        delete: "power-off",
        environment: { LAB_REGISTRY_SPEC: JSON.stringify(spec, undefined, 1) },
        logging: local.Logging.Stderr,
      },
      { parent: this },
    );
    this.registerOutputs({ address: this.address, addressForGuests: this.addressForGuests });
  }
}

/** What the command is asked for. Reads which ports are free and whether the registry runs, changes nothing. */
export function registrySpec(args: LabRegistryArgs): RegistrySpec {
  const folder = registryFolder(args.lab);
  const portBase = labPortBase(join(args.lab, "any"));
  return {
    folder,
    lab: args.lab,
    portBase,
    port: registryPort(portBase),
    incarnation: wantedIncarnation(folder),
    limit: args.startSeconds ?? 30,
  };
}
