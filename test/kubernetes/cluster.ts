import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfigFile } from "../../components/lab/control-plane/access";
import { controlPlaneOff, controlPlaneOn } from "../../components/lab/control-plane/power";
import type { ControlPlaneSpec } from "../../components/lab/control-plane/spec";
import { type CommandResult, run } from "../../infra/cli/command";
import { labSettings } from "../../infra/cli/lab/settings";
import type { EnsureOptions } from "../../tools/kubernetes/ensure";
import { ensureKubernetes } from "../../tools/kubernetes/kubernetes";
import { freePort } from "../engine/sshd";

/** A real control plane on loopback, of a test's own; it has no nodes until somebody makes some. */
export interface Cluster {
  readonly spec: ControlPlaneSpec;
  readonly kubeconfig: string;
  /** What it said while it started. */
  readonly said: readonly string[];
  kubectl(...args: string[]): Promise<CommandResult>;
  /** With something on its standard input: `create -f -`. */
  kubectlWith(input: string, ...args: string[]): Promise<CommandResult>;
  /** Ends it and removes all of it. */
  stop(): Promise<void>;
}

export async function startCluster(changes: Partial<ControlPlaneSpec> = {}): Promise<Cluster> {
  const spec = { ...(await clusterSpec()), ...changes };
  const said: string[] = [];
  const stop = () => controlPlaneOff(spec.folder, () => undefined);
  await controlPlaneOn(spec, (line) => said.push(line)).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const kubeconfig = kubeconfigFile(spec.folder);
  const { program } = spec;
  return {
    ...{ spec, kubeconfig, said, stop },
    kubectl: kubectlOf(program, kubeconfig),
    kubectlWith: kubectlWith(program, kubeconfig),
  };
}

/** What a command that must go well has printed. */
export async function must(command: Promise<CommandResult>): Promise<string> {
  const { code, out, err } = await command;
  if (code !== 0) throw new Error(err);
  return out;
}

/** The same of kubectl. */
export function told(cluster: Cluster, ...args: string[]): Promise<string> {
  return must(cluster.kubectl(...args));
}

/** kubectl with another login. */
export function kubectlOf(program: string, kubeconfig: string) {
  const withInput = kubectlWith(program, kubeconfig);
  return (...args: string[]) => withInput("", ...args);
}

function kubectlWith(program: string, kubeconfig: string) {
  return (input: string, ...args: string[]) =>
    run(program, ["kubectl", ...args], { environment: { KUBECONFIG: kubeconfig }, seconds: 120, input });
}

/** Where the programs of these tests are made, and who hears of it. */
export function ofTests(): EnsureOptions {
  return { cacheFolder: labSettings().cacheFolder, log: (line) => process.stderr.write(`${line}\n`) };
}

/** One that does not run yet, with ports that are free now. */
export async function clusterSpec(): Promise<ControlPlaneSpec> {
  const { file } = await ensureKubernetes(ofTests());
  const [etcd, etcdPeers, api, controllerManager, scheduler] = await Promise.all([0, 1, 2, 3, 4].map(freePort));
  return {
    folder: mkdtempSync(join(tmpdir(), "dpdk-fleet-cluster-")),
    program: file,
    ports: { etcd, etcdPeers, api, controllerManager, scheduler } as ControlPlaneSpec["ports"],
    hosts: ["10.0.2.2"],
    nodes: ["worker"],
    services: "10.96.0.0/16",
    incarnation: 1,
    limit: 300, // the tests of several people share a machine
  };
}
