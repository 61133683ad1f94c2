import * as core from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { clusterCheckCommand } from "./check-resource";
import { OPERATOR_NAMESPACE } from "./node-policy-plan";
import { CHART, CHART_VERSION, operatorValues, type SriovOperatorArgs } from "./operator-plan";
import type { WebhookCheckSpec } from "./webhook-check-command";

/**
 * The SR-IOV network operator with its webhooks on, which its chart leaves off. What depends on it (`dependsOn`) is made once its
 * definitions are there, its pods run and its webhook judges policies, which is some time later (openshift/sriov-network-operator #339): a
 * policy that the webhook refuses is dry-run until it does. Nodes are drained by its policies, not by it. `destroy` leaves its
 * definitions, as Helm does.
 *
 * Its webhook runs on nodes with the label `node-role.kubernetes.io/control-plane` or `…/master` alone: where nodes of the control plane are
 * not seen, as with a managed cluster, label some node so.
 *
 * Not on EC2 where IMDSv2 is required: the operator asks for metadata without a token. `DevicePluginPool` is for that.
 *
 * @throws KubernetesError before anything is made. A webhook that does not come up ends the update in one line with the reason; run it again
 * once that is mended.
 * @example
 * const operator = new SriovOperator("sriov", {
 *   certificates: "cert-manager", nodeSelector: { "node-role.kubernetes.io/validator": "" }, kubeconfig,
 * }, { provider });
 * new SriovNodePolicy("data-plane", { … }, { provider, dependsOn: operator });
 */
export class SriovOperator extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: SriovOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:SriovOperator", name, {}, opts);
    const values = operatorValues(name, args);
    const named = args.namespace ?? OPERATOR_NAMESPACE;
    const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
    const namespace = new core.Namespace(named, { metadata: { name: named, labels } }, { parent: this });
    const chart = args.chart ?? CHART;
    const isRemote = chart.startsWith("oci://");
    const release = new Release(
      name,
      {
        name,
        chart,
        ...(isRemote ? { version: args.version ?? CHART_VERSION } : {}),
        namespace: namespace.metadata.name,
        values,
        timeout: 300,
      },
      { parent: this },
    );
    const check: pulumi.Output<WebhookCheckSpec> = release.status.revision.apply((revision) => ({
      ...{ operator: name, namespace: named, revision },
      context: args.context ?? null,
      seconds: args.seconds ?? 180,
    }));
    clusterCheckCommand(`${name}-webhook`, "webhook-check-command", check, args.kubeconfig, { parent: this });
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
