import type { CheckAccess } from "./check-resource";
import { refuseOpenSelector, refusing } from "./refusals";

/** The SR-IOV network operator, from its chart. */
export interface SriovOperatorArgs extends CheckAccess {
  /** Namespace, made by the component; its pods are privileged. Default `sriov-network-operator`. */
  readonly namespace?: string;
  /** The chart: an OCI address, or a folder. Default the project's own, `oci://ghcr.io/k8snetworkplumbingwg/sriov-network-operator-chart`. */
  readonly chart?: string;
  /** The chart's release; left out for a folder. Default `1.5.0`. */
  readonly version?: string;
  /**
   * Where the certificates of its webhooks come from: cert-manager, which the cluster must have, or secrets of its namespace
   * (`operator-webhook-cert` for `operator-webhook-service.NAMESPACE.svc`, `network-resources-injector-cert`), each with tls.crt, tls.key and
   * ca.crt, the latter in base64 **before** it is put into the secret: the operator takes it as it is. Its pods wait for them. The webhooks are
   * what refuses a wrong policy; the chart leaves them off.
   */
  readonly certificates: "cert-manager" | "secrets";
  /** Labels of the nodes whose NICs it configures; at least one. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Configure NICs without draining the node first: right on a cluster of one node alone. Default false. */
  readonly singleNode?: boolean;
  /** In front of each resource's name. Default `openshift.io`. */
  readonly prefix?: string;
  /** NICs that its list does not have: `NAME: "VENDOR PF VF"`. Example: `Intel_82576: "8086 10c9 10ca"`. Default none. */
  readonly extraNics?: readonly string[];
  /** Seconds for its webhook to judge policies, once its own pods run. Default 180. */
  readonly seconds?: number;
}

export const CHART = "oci://ghcr.io/k8snetworkplumbingwg/sriov-network-operator-chart";
export const CHART_VERSION = "1.5.0";

/**
 * The chart's values. Pure.
 *
 * @throws KubernetesError for an open selector, or a NIC that is written in another way.
 */
export function operatorValues(name: string, args: SriovOperatorArgs) {
  const refuse = refusing(name);
  refuseOpenSelector(args.nodeSelector, refuse);
  for (const nic of args.extraNics ?? [])
    if (!/^\w+: "[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}"$/.test(nic))
      refuse(`extraNics has ${nic}`, 'write NAME: "VENDOR PF VF", such as Intel_82576: "8086 10c9 10ca"');
  const isManaged = args.certificates === "cert-manager";
  return {
    operator: {
      resourcePrefix: args.prefix ?? "openshift.io",
      admissionControllers: {
        enabled: true,
        certificates: { certManager: { enabled: isManaged, generateSelfSigned: isManaged } },
      },
    },
    sriovOperatorConfig: {
      deploy: true,
      configDaemonNodeSelector: { ...args.nodeSelector },
      disableDrain: args.singleNode ?? false,
    },
    supportedExtraNICs: [...(args.extraNics ?? [])],
  };
}
