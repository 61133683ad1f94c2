import type { Case, Made } from "./resources";

const made = (kind: string, spec: object, metadata: object = {}): Made => ({
  type: `kubernetes:sriovnetwork.openshift.io/v1:${kind}`,
  props: { metadata: { name: "a", namespace: "sriov", ...metadata }, spec },
});
const policy = (spec: object, metadata: object = {}): Made =>
  made("SriovNetworkNodePolicy", { resourceName: "nic", nodeSelector: { dpdk: "true" }, numVfs: 8, ...spec }, metadata);
const onVfio = (spec: object = {}) =>
  policy({ deviceType: "vfio-pci", nicSelector: { vendor: "8086", pfNames: ["eno1#0-3"] }, ...spec });
const network = (spec: object): Made => made("SriovNetwork", { resourceName: "nic", ...spec });
const aws = { nicSelector: { netFilter: "aws/NetworkID:0a1b" }, numVfs: 4 };
const taker: Made = {
  type: "kubernetes:core/v1:Pod",
  props: { spec: { containers: [{ name: "node", resources: { limits: { "openshift.io/mlx": 1 } } }] } },
};

/** Each names resources, interfaces and subnets of its own: stack rules see those of all cases at once. */
export const sriov: Readonly<Record<string, Case>> = {
  "dpdk-physical-function-kept": {
    violates: [onVfio({ numVfs: 0 }), /numVfs is 0 and deviceType is vfio-pci/],
    unknown: onVfio({ numVfs: "LATER" }),
  },
  "dpdk-mellanox-netdevice": {
    violates: [
      [onVfio({ resourceName: "mlx", nicSelector: { vendor: "15b3", pfNames: ["mlx0"] } }), taker],
      /binds mlx, of vendor 15b3, to vfio-pci, and Pod .* takes it/,
    ],
    unknown: onVfio({ nicSelector: { vendor: "LATER" } }),
  },
  "dpdk-ena-one-function": {
    violates: [policy(aws), /numVfs is 4; each of them is one function/],
    unknown: policy({ ...aws, numVfs: "LATER" }),
  },
  "dpdk-ena-subnet-apart": {
    violates: [
      [
        policy({ nicSelector: { netFilter: "aws/NetworkID:0c2d" }, numVfs: 1 }),
        { type: "aws:ec2/instance:Instance", props: { subnetId: "subnet-0c2d" } },
      ],
      /takes every interface of subnet 0c2d/,
    ],
    unknown: policy({ nicSelector: { netFilter: "LATER" } }),
  },
  "dpdk-nic-selector-pinned": {
    violates: [policy({ nicSelector: { vendor: "8086" } }), /nicSelector has vendor, which takes every NIC/],
    unknown: policy({ nicSelector: "LATER" }),
  },
  "dpdk-node-selector-given": {
    violates: [policy({ nodeSelector: {} }), /nodeSelector is empty/],
    unknown: policy({ nodeSelector: "LATER" }),
  },
  "dpdk-resource-name": {
    violates: [policy({ resourceName: "dpdk-nic" }), /spec.resourceName is "dpdk-nic"/],
    unknown: policy({ resourceName: "LATER" }),
  },
  "dpdk-priority-explicit": {
    violates: [policy({}), /priority is missing/],
    unknown: policy({ priority: "LATER" }),
  },
  "dpdk-policy-name-unique": {
    violates: [
      [policy({}, { name: "twin" }), policy({}, { name: "twin" })],
      /SriovNetworkNodePolicy twin is made twice/,
    ],
    unknown: policy({}, { name: "LATER" }),
  },
  "dpdk-vf-range-fits": {
    violates: [policy({ nicSelector: { pfNames: ["fit0#4-8"] } }), /fit0#4-8 and numVfs is 8/],
    unknown: policy({ nicSelector: { pfNames: ["LATER"] } }),
  },
  "dpdk-vf-ranges-disjoint": {
    violates: [
      [
        policy({ nicSelector: { pfNames: ["two0#0-3"] } }, { name: "low" }),
        policy({ nicSelector: { pfNames: ["two0#3-5"] } }, { name: "high" }),
      ],
      /high takes two0#3-5, of which low takes two0#0-3/,
    ],
    unknown: policy({ nicSelector: { pfNames: "LATER" } }),
  },
  "dpdk-vfio-no-dhcp": {
    violates: [
      [onVfio({ resourceName: "leased" }), network({ resourceName: "leased", ipam: '{"type":"dhcp"}' })],
      /takes addresses by DHCP .* binds its resource leased to vfio-pci/,
    ],
    unknown: network({ ipam: "LATER" }),
  },
  "dpdk-vf-trust-justified": {
    violates: [network({ trust: "on" }), /trust is on in spec/],
    unknown: network({ trust: "LATER" }),
  },
  "dpdk-mtu-explicit": {
    violates: [policy({ resourceName: "plain" }), /a has no mtu, so that plain has what each NIC had/],
    unknown: policy({ mtu: "LATER" }),
  },
  "dpdk-default-route-primary": {
    violates: [
      network({ ipam: '{"type":"static","routes":[{"dst":"0.0.0.0/0"}]}' }),
      /sets a default route \(ipam.routes 0.0.0.0\/0\)/,
    ],
    unknown: network({ ipam: "LATER" }),
  },
  "dpdk-drain-limited": {
    violates: [made("SriovNetworkPoolConfig", { maxUnavailable: "100%" }), /maxUnavailable is 100%/],
    unknown: made("SriovNetworkPoolConfig", { maxUnavailable: "LATER" }),
  },
  "dpdk-network-json-readable": {
    violates: [network({ ipam: '{"type":"static",}' }), /spec.ipam is no JSON/],
    unknown: network({ ipam: "LATER" }),
  },
};
