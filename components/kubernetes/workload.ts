import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { filesOfPods, goneSoon } from "./files";
import { labelsOf, podTemplate } from "./pod";
import { podFiles } from "./pod-files";
import { followRollout, rolloutAnnotations, waitForEnd } from "./rollout";
import type { DpdkWorkloadArgs } from "./workload-args";
import { METRICS_PORT, NAMESPACE, PROGRESS_DEADLINE_SECONDS } from "./workload-defaults";
import { refuseWorkload } from "./workload-mistakes";

/**
 * pantheon-node in pods that have SR-IOV functions, hugepages and whole CPUs: a namespace, the files of all nodes, a StatefulSet (or a
 * Deployment of one), and a disruption budget that lets nodes be drained.
 *
 * The cluster must offer what is asked for: a device plugin with functions on vfio-pci, hugepages set aside at boot, the kubelet's static
 * CPU manager (`NodeSetup`, or `kubelet` in the fleet file). A change of the files restarts the pods one after the other; no Kubernetes node reboots.
 *
 * With `rollout` an update ends once the pods are rolled out, or with one line on who waits for what; without it, an update **may end before** that
 * (see there). One that was cut off, or failed, is run again: the pods stay as they are meanwhile.
 *
 * @throws KubernetesError before anything is made, where it could not run: what, which value, what to do.
 * @example
 * new DpdkWorkload("validators", {
 *   image: image.reference,
 *   nodes: [{ address: "10.78.0.1/24" }, { address: "10.78.0.2/24" }],
 *   nic: { resource: "openshift.io/data_plane", networks: ["data-plane"] },
 *   hugepages: { size: "1Gi", amount: "2Gi" },
 *   cpus: 4,
 *   dataPlane: { networkId: "pantheon-mainnet" },
 *   rollout: { kubeconfig },
 * }, { provider });
 */
export class DpdkWorkload extends pulumi.ComponentResource {
  /** Of the namespace in which the pods are. */
  readonly namespace: pulumi.Output<string>;
  /** `NAME-0`, `NAME-1`, …; of a Deployment Kubernetes chooses the name. */
  readonly pods: readonly string[];

  constructor(name: string, args: DpdkWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseWorkload(name, args);
    const files = podFiles(name, args); // before anything is made: a pair that cannot work is refused here
    // What a preview compares line by line: the ConfigMap is another one whenever a file is.
    super("dpdk-fleet:kubernetes:DpdkWorkload", name, { files }, opts);
    const named = args.namespace ?? NAMESPACE;
    const namespace = args.namespaceExists === true ? undefined : ownNamespace(named, this);
    this.namespace = namespace?.metadata.name ?? pulumi.output(named);
    workload(name, args, { namespace: this.namespace, files }, this);
    budget(name, args, this.namespace, this);
    this.pods = args.kind === "Deployment" ? [] : args.nodes.map((_, index) => `${name}-${index}`);
    this.registerOutputs({ namespace: this.namespace, pods: this.pods });
  }
}

/** Pod Security: IPC_LOCK is beyond baseline, so what is admitted here is privileged, and nothing but DPDK pods belongs here. */
function ownNamespace(name: string, parent: pulumi.Resource): core.Namespace {
  const labels = Object.fromEntries(
    ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "privileged"]),
  );
  return new core.Namespace(name, { metadata: { name, labels } }, { parent });
}

function workload(
  name: string,
  args: DpdkWorkloadArgs,
  made: { namespace: pulumi.Output<string>; files: Record<string, string> },
  parent: pulumi.Resource,
): void {
  const metadata = { name, namespace: made.namespace, labels: labelsOf(name) };
  const files = filesOfPods(name, metadata, made.files, parent);
  const ports = [{ name: "metrics", port: args.dataPlane.metricsPort ?? METRICS_PORT, targetPort: "metrics" }];
  const selector = { matchLabels: labelsOf(name) };
  // Without an address of its own: it gives the pods names, and Prometheus a list of them.
  const service = new core.Service(
    name,
    { metadata, spec: { clusterIP: "None", selector: labelsOf(name), ports, publishNotReadyAddresses: true } },
    { parent, ...goneSoon },
  );
  const where = { namespace: made.namespace, parent };
  const template = podTemplate(name, args, files.name);
  const options = { parent, dependsOn: [files.configMap, service, ...waitForEnd(name, args, where)] };
  const own = { ...metadata, annotations: rolloutAnnotations(args) };
  const { metadata: is } =
    args.kind === "Deployment"
      ? new apps.Deployment(name, { metadata: own, spec: deployment(args, { selector, template }) }, options)
      : new apps.StatefulSet(name, { metadata: own, spec: statefulSet(name, args, { selector, template }) }, options);
  followRollout(name, args, is.generation, where);
}

interface Pods {
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: ReturnType<typeof podTemplate>;
}

/** Recreate: a function that is in use cannot be given to the pod that comes after. */
function deployment({ progressDeadlineSeconds = PROGRESS_DEADLINE_SECONDS }: DpdkWorkloadArgs, pods: Pods) {
  return { replicas: 1, strategy: { type: "Recreate" }, progressDeadlineSeconds, ...pods };
}

/** A StatefulSet deletes a pod before it makes the next. */
function statefulSet(serviceName: string, { nodes }: DpdkWorkloadArgs, pods: Pods) {
  return {
    ...{ serviceName, replicas: nodes.length, podManagementPolicy: "Parallel" },
    updateStrategy: { type: "RollingUpdate" },
    ...pods,
  };
}

function budget(name: string, args: DpdkWorkloadArgs, namespace: pulumi.Output<string>, parent: pulumi.Resource) {
  const spec = { maxUnavailable: args.maxUnavailable ?? 1, selector: { matchLabels: labelsOf(name) } };
  return new policy.PodDisruptionBudget(
    name,
    { metadata: { name, namespace, labels: labelsOf(name) }, spec },
    { parent, ...goneSoon },
  );
}
