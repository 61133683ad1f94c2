/** What a check of the cluster is asked for, as JSON, and the cluster's kubeconfig. */
export const SPEC = "CLUSTER_CHECK";
export const KUBECONFIG = "CLUSTER_CHECK_KUBECONFIG";
