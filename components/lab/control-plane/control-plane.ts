import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { interpreterOf } from "../../image/interpreter";
import { HOST_OF_GUESTS } from "../addresses";
import { controlPlaneFolder, controlPlanePorts, labPortBase } from "../ports";
import { wantedIncarnationOf } from "./power";
import type { ControlPlaneSpec } from "./spec";

/** A control plane of Kubernetes for one lab. */
export interface LabControlPlaneArgs {
  /** Absolute path of the folder in which the lab's guests have theirs. The control plane's own, `control-plane`, lies beside it. */
  lab: string;
  /** Absolute path of the program that holds all of Kubernetes' (tools/kubernetes). */
  program: string;
  /** Names of the nodes that may join. */
  nodes: readonly string[];
  /** Seconds from its start until all of it is well. Default 120; it takes six on an idle computer. */
  startSeconds?: number;
}

/**
 * etcd, the API server, the controllers and the scheduler as processes on loopback: the operator reaches them as 127.0.0.1, the lab's guests
 * over QEMU's user networking, and nobody else. What the cluster holds goes with the lab. One resource, which starts what does not run.
 *
 * ```ts
 * const plane = new LabControlPlane("control-plane", { lab: "/project/.cache/lab-k8s/guests", program: "/cache/kubernetes", nodes: ["gamma"] });
 * const cluster = new kubernetes.Provider("cluster", { kubeconfig: plane.kubeconfig });
 * ```
 */
export class LabControlPlane extends pulumi.ComponentResource {
  /** The operator's, with its key. Resolves when the API server answers. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: LabControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:lab:ControlPlane", name, {}, opts);
    const power = new local.Command(
      `${name}-power`,
      {
        interpreter: interpreterOf(__filename, join(__dirname, "command")),
        dir: __dirname,
        addPreviousOutputInEnv: false,
        create: "power-on",
        delete: "power-off",
        environment: { LAB_CONTROL_PLANE_SPEC: JSON.stringify(controlPlaneSpec(args), undefined, 1) },
        logging: local.Logging.Stderr,
      },
      { parent: this, additionalSecretOutputs: ["stdout"] },
    );
    this.kubeconfig = pulumi.secret(power.stdout);
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}

/** What the command is asked for. Reads which ports are free and whether the API server runs, changes nothing. */
export function controlPlaneSpec(args: LabControlPlaneArgs): ControlPlaneSpec {
  const folder = controlPlaneFolder(args.lab);
  return {
    folder,
    program: args.program,
    ports: controlPlanePorts(labPortBase(join(args.lab, "any"))),
    hosts: [HOST_OF_GUESTS],
    nodes: args.nodes,
    services: "10.96.0.0/16",
    limit: args.startSeconds ?? 120,
    incarnation: wantedIncarnationOf(folder),
  };
}

/** The file with which a node's kubelet enters. */
export function nodeKubeconfigFile(lab: string, node: string): string {
  return join(controlPlaneFolder(lab), `node-${node}.kubeconfig`);
}
