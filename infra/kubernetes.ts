import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { unjudgedNics } from "../components/fleet/checks-nic-owners";
import type { Fleet, FleetKubernetes } from "../components/fleet/types";
import type { NodeImage } from "../components/host/host";
import { ClusterCheck } from "../components/kubernetes/cluster-check";
import { DevicePluginPool } from "../components/kubernetes/device-plugin";
import { KubernetesError } from "../components/kubernetes/errors";
import { refuseOverlaps } from "../components/kubernetes/node-policy-plan";
import { SriovOperator } from "../components/kubernetes/operator";
import type { SriovOperatorArgs } from "../components/kubernetes/operator-plan";
import { reach, serverOf } from "../components/kubernetes/reach";
import { SriovDrain, SriovNetwork, SriovNodePolicy } from "../components/kubernetes/sriov";
import { DpdkWorkload } from "../components/kubernetes/workload";
import type { LabCluster } from "./lab-cluster";
import { fromHome } from "./ssh-address";

type Options = pulumi.ComponentResourceOptions;
type Section = "policies" | "networks" | "drains" | "devicePlugins" | "workloads";

/**
 * What the fleet file says of a cluster: the operator, then what it reads, then device plugins, then workloads. `hosts` are the nodes that
 * are prepared first. Mistakes that only a component sees are a line with the place in the file.
 */
export function clusterResources(
  fleet: Fleet,
  lab: LabCluster | undefined,
  image: NodeImage | undefined,
  hosts: readonly pulumi.Resource[],
): void {
  const { kubernetes: asked } = fleet;
  if (asked === null) return;
  const access = accessTo(fleet.file, asked.cluster, lab);
  const provider = new kubernetes.Provider("cluster", access);
  const after = (...more: pulumi.Resource[]): Options => ({ providers: [provider], dependsOn: [...hosts, ...more] });
  const each = <T, R extends pulumi.Resource>(
    section: Section,
    of: ReadonlyMap<string, T>,
    make: (name: string, args: T) => R,
  ) => [...of].map(([name, args]) => told(`${fleet.file}: kubernetes.${section}.${name}`, () => make(name, args)));

  told(`${fleet.file}: kubernetes.policies`, () =>
    refuseOverlaps([...asked.policies].map(([name, args]) => ({ name, args }))),
  );
  for (const line of unjudgedNics(fleet)) void pulumi.log.warn(`${fleet.file}: ${line}`);
  const operator = asked.operator == null ? [] : [operatorOf(fleet.file, { ...asked.operator, ...access }, after())];
  const policies = each(
    "policies",
    asked.policies,
    (name, args) => new SriovNodePolicy(name, args, after(...operator)),
  );
  const networks = each(
    "networks",
    asked.networks,
    (name, args) => new SriovNetwork(name, args, after(...operator, ...policies)),
  );
  each("drains", asked.drains, (name, args) => new SriovDrain(name, args, after(...operator)));
  const plugins = each("devicePlugins", asked.devicePlugins, (name, { image: own, ...args }) => {
    const from = own ?? lab?.devicePlugin;
    if (from === undefined) throw new KubernetesError("no image", "name the plugin's image with its digest");
    return new DevicePluginPool(name, { ...args, image: from }, after());
  });
  each("workloads", asked.workloads, (name, { nic, ...args }) => {
    if (image === undefined) throw new KubernetesError("no image", "give the stack dpdk-fleet:imageRepository");
    const { driver: _, ...own } = nic;
    const workload = { ...args, nic: own, image: image.reference };
    const before = [...policies, ...networks, ...plugins];
    // The operator binds functions and reboots nodes while the check would wait; the roll-out tells then.
    const check = asked.operator == null ? [new ClusterCheck(name, { workload, ...access }, after(...before))] : [];
    return new DpdkWorkload(name, { ...workload, rollout: access }, after(...before, ...check));
  });
}

function operatorOf(file: string, args: SriovOperatorArgs, options: Options): SriovOperator {
  return told(`${file}: kubernetes.operator`, () => new SriovOperator("sriov-network-operator", args, options));
}

/** How the cluster is entered, once it has answered. */
function accessTo(
  file: string,
  cluster: FleetKubernetes["cluster"],
  lab: LabCluster | undefined,
): { kubeconfig: pulumi.Output<string>; context?: string } {
  if (cluster === "lab") {
    if (lab === undefined) throw new pulumi.RunError(`${file}: kubernetes.cluster: found lab; it was not made`);
    return { kubeconfig: lab.controlPlane.kubeconfig };
  }
  const { context, reachSeconds } = cluster;
  const text = read(file, cluster.kubeconfig ?? process.env.KUBECONFIG ?? "~/.kube/config");
  const place = `${file}: kubernetes.cluster`;
  const server = told(place, () => serverOf(text, context));
  const reached = reach(server, reachSeconds).catch((error: Error) => {
    throw new pulumi.RunError(`${place}: ${error.message}`);
  });
  return {
    kubeconfig: pulumi.secret(reached.then(() => text)),
    ...(context === undefined ? {} : { context }),
  };
}

function read(file: string, named: string): string {
  try {
    return readFileSync(fromHome(named), "utf8");
  } catch {
    throw new pulumi.RunError(
      `${file}: kubernetes.cluster.kubeconfig: found ${named}; there is no such file, name another`,
    );
  }
}

/** Ours are a line for a person, without the trace of a program's fault. */
function told<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof KubernetesError ? new pulumi.RunError(`${place}: ${error.message}`) : error;
  }
}
