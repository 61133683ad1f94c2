import * as core from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { OPERATOR_NAMESPACE } from "./node-policy-plan";
import { CHART, CHART_VERSION, operatorValues, type SriovOperatorArgs } from "./operator-plan";

/**
 * The SR-IOV network operator with its webhooks on, which its chart leaves off. What depends on it (`dependsOn`) is made once its
 * definitions are there and its pods run. Nodes are drained by its policies, not by it.
 *
 * Not on EC2 where IMDSv2 is required: the operator asks for metadata without a token. `DevicePluginPool` is for that.
 *
 * @throws KubernetesError before anything is made.
 * @example
 * const operator = new SriovOperator("sriov", {
 *   certificates: "cert-manager", nodeSelector: { "node-role.kubernetes.io/validator": "" },
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
    new Release(
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
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
