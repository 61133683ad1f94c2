import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { StackResource } from "../resource.fixture";

type Spec = Record<string, JavaScriptValue>;

export const types = {
  policy: "kubernetes:sriovnetwork.openshift.io/v1:SriovNetworkNodePolicy",
  policyPatch: "kubernetes:sriovnetwork.openshift.io/v1:SriovNetworkNodePolicyPatch",
  network: "kubernetes:sriovnetwork.openshift.io/v1:SriovNetwork",
  poolConfig: "kubernetes:sriovnetwork.openshift.io/v1:SriovNetworkPoolConfig",
  poolConfigPatch: "kubernetes:sriovnetwork.openshift.io/v1:SriovNetworkPoolConfigPatch",
  operatorConfig: "kubernetes:sriovnetwork.openshift.io/v1:SriovOperatorConfig",
  definition: "kubernetes:k8s.cni.cncf.io/v1:NetworkAttachmentDefinition",
  configMap: "kubernetes:core/v1:ConfigMap",
  pod: "kubernetes:core/v1:Pod",
} as const;

/** A policy that no rule has a word against. */
export const goodPolicy: Spec = {
  resourceName: "dpdk_nic",
  nodeSelector: { dpdk: "true" },
  priority: 50,
  mtu: 1500,
  numVfs: 8,
  deviceType: "vfio-pci",
  nicSelector: { vendor: "8086", pfNames: ["eno1#0-3"] },
};

export const policy = (spec: Spec = {}, metadata: Spec = {}): Spec => ({
  metadata: { name: "policy-a", namespace: "sriov", ...metadata },
  spec: { ...goodPolicy, ...spec },
});

export const network = (spec: Spec = {}, metadata: Spec = {}): Spec => ({
  metadata: { name: "net-a", namespace: "sriov", ...metadata },
  spec: { resourceName: "dpdk_nic", networkNamespace: "validators", ...spec },
});

/** Its configuration is written as JSON, unless it is a text already. */
export const definition = (config: JavaScriptValue, annotations: Spec = {}): Spec => ({
  metadata: {
    name: "net-a",
    namespace: "validators",
    annotations: { "k8s.v1.cni.cncf.io/resourceName": "intel.com/dpdk_nic", ...annotations },
  },
  spec: { config: typeof config === "string" ? config : JSON.stringify(config) },
});

/** The device plugin's ConfigMap with these pools. */
export const configMap = (...resourceList: Spec[]): Spec => ({
  metadata: { name: "sriovdp-config", namespace: "kube-system" },
  data: { "config.json": JSON.stringify({ resourceList }) },
});

export const pod = (spec: Spec = {}, annotations: Spec = {}): Spec => ({
  metadata: { name: "validator", namespace: "validators", annotations },
  spec: { containers: [{ name: "node" }], ...spec },
});

/** A resource of a stack, named after its type where no name is given. */
export const made = (type: keyof typeof types, props: Spec, name: string = type): StackResource => ({
  type: types[type],
  name,
  props,
});
