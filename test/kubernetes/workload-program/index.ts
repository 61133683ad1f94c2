import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { DpdkWorkload } from "../../../components/kubernetes/workload";
import type { DpdkWorkloadArgs } from "../../../components/kubernetes/workload-args";

const config = new pulumi.Config();
const provider = new kubernetes.Provider("cluster", { kubeconfig: config.require("kubeconfig") });

// The cluster of the test has no kubelet, so nothing in it ever runs: the provider is told not to wait for it.
const doNotWait: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (!/:(StatefulSet|Deployment|Service)$/.test(type)) return undefined;
  const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
  return { props: { ...props, metadata }, opts };
};

new DpdkWorkload(config.require("name"), config.requireObject<DpdkWorkloadArgs>("args"), {
  providers: [provider],
  transforms: [doNotWait],
});
