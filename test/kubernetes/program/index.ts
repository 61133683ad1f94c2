import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterCheck } from "../../../components/kubernetes/cluster-check";
import { DevicePluginPool } from "../../../components/kubernetes/device-plugin";
import { SriovOperator } from "../../../components/kubernetes/operator";
import { SriovDrain, SriovNetwork, SriovNodePolicy } from "../../../components/kubernetes/sriov";
import { DpdkWorkload } from "../../../components/kubernetes/workload";

// Makes the components that the stack's configuration lists, in a test's cluster.
const components = {
  ...{ ClusterCheck, DevicePluginPool, DpdkWorkload },
  ...{ SriovDrain, SriovNetwork, SriovNodePolicy, SriovOperator },
};

interface Listed {
  readonly component: keyof typeof components;
  readonly name: string;
  readonly args: object;
  /** A component all of whose resources before it must be there first. Default: none. */
  readonly after?: keyof typeof components;
  /** Whether its pods will run, so that the provider may wait for them. Default false. */
  readonly runs?: boolean;
}

const config = new pulumi.Config();
const provider = new kubernetes.Provider("cluster", { kubeconfig: config.require("kubeconfig") });

// Where a cluster has no kubelet, nothing in it ever runs: the provider is told not to wait for it.
const doNotWait: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (!/:(StatefulSet|Deployment|DaemonSet|Service)$/.test(type)) return undefined;
  const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
  return { props: { ...props, metadata }, opts };
};

const made: [component: string, resource: pulumi.Resource][] = [];
for (const { component, name, args, runs, after } of config.requireObject<Listed[]>("components")) {
  const Made = components[component] as new (
    name: string,
    args: object,
    opts: pulumi.ComponentResourceOptions,
  ) => pulumi.ComponentResource;
  const dependsOn = made.flatMap(([before, resource]) => (before === after ? [resource] : []));
  const transforms = runs === true ? [] : [doNotWait];
  made.push([component, new Made(name, args, { providers: [provider], transforms, dependsOn })]);
}
