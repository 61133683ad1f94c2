import { type Case, digest, local, type Made, pod } from "./resources";

const made = (type: string, props: Record<string, unknown>): Made => ({ type: `kubernetes:${type}`, props });

/** A Deployment whose pod has one container, `node`, in a namespace of its own. */
const deployment = (namespace: string, container: object, more: { metadata?: object; spec?: object } = {}): Made =>
  made("apps/v1:Deployment", {
    metadata: { namespace },
    spec: {
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels: { app: namespace }, ...more.metadata },
        spec: { containers: [{ name: "node", image: `registry.example.com/node${digest}`, ...container }] },
      },
      ...more.spec,
    },
  });

const network = (namespace: string, name: string): Made =>
  made("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", {
    metadata: { namespace, name, annotations: { "k8s.v1.cni.cncf.io/resourceName": `example.com/${namespace}` } },
  });

const on = (networks: string) => ({ metadata: { annotations: { "k8s.v1.cni.cncf.io/networks": networks } } });
const device = (name: string) => ({ resources: { limits: { [`example.com/${name}`]: 1 } } });
const pinned = { cpu: 2, memory: "1Gi", "hugepages-1Gi": "1Gi" };

const budget = (namespace: string, spec: object): Made =>
  made("policy/v1:PodDisruptionBudget", { metadata: { namespace }, spec });

export const kubernetes: Readonly<Record<string, Case>> = {
  "dpdk-image-by-digest": {
    violates: [local("true dpdk-node-agent converge --image registry.example.com/node:latest"), /which has no digest/],
    unknown: local("LATER"),
  },
  "dpdk-hugepages-request-is-limit": {
    violates: [
      pod({ resources: { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } } }),
      /requests 1Gi of hugepages-1Gi and its limit is 2Gi/,
    ],
    unknown: pod({ resources: { limits: { "hugepages-1Gi": "LATER" } } }),
  },
  "dpdk-networks-match-devices": {
    violates: [
      [network("match", "a"), deployment("match", device("match"), on("a, a"))],
      /names 2 of the networks that take a device of example\.com\/match and asks for 1/,
    ],
    unknown: [network("match", "a"), deployment("match", device("match"), on("LATER"))],
  },
  "dpdk-network-exists": {
    violates: [
      [network("exists", "a"), deployment("exists", {}, on("b"))],
      /names exists\/b, which nobody in the stack makes/,
    ],
    unknown: [network("exists", "a"), deployment("exists", {}, on("LATER"))],
  },
  "dpdk-no-exec-probes": {
    violates: [
      deployment("probes", { resources: { limits: pinned }, livenessProbe: { exec: { command: ["true"] } } }),
      /runs a program in its livenessProbe/,
    ],
    unknown: deployment("probes", {
      resources: { limits: { ...pinned, memory: "LATER" } },
      livenessProbe: { exec: { command: ["true"] } },
    }),
  },
  "dpdk-crio-with-runtime-class": {
    violates: [
      deployment("crio", {}, { metadata: { annotations: { "cpu-quota.crio.io": "disable" } } }),
      /has cpu-quota\.crio\.io and no runtimeClassName/,
    ],
    unknown: deployment("crio", {}, { metadata: { annotations: "LATER" } }),
  },
  "dpdk-no-bare-pod": {
    violates: [pod({ resources: { limits: pinned } }), /kind is Pod: when the node reboots/],
    unknown: pod({ resources: { limits: pinned } }, {}, { annotations: "LATER" }),
  },
  "dpdk-rollout-without-surge": {
    violates: [
      deployment("surge", device("surge"), { spec: { strategy: { type: "RollingUpdate" } } }),
      /takes example\.com\/surge and the rollout starts new pods early/,
    ],
    unknown: deployment("surge", device("surge"), { spec: { strategy: "LATER" } }),
  },
  "dpdk-disruption-budget-permits-eviction": {
    violates: [
      [
        deployment("budget", {}, { spec: { replicas: 2 } }),
        budget("budget", { minAvailable: 2, selector: { matchLabels: { app: "budget" } } }),
      ],
      /minAvailable is 2 and Deployment .* has 2: none of them may be evicted/,
    ],
    unknown: budget("budget", { maxUnavailable: "LATER" }),
  },
  "dpdk-capabilities-in-own-namespace": {
    violates: [
      [
        made("core/v1:Namespace", {
          metadata: { name: "own", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
        }),
        deployment("own", {
          resources: { limits: pinned },
          securityContext: { capabilities: { add: ["IPC_LOCK"] } },
        }),
      ],
      /takes IPC_LOCK, and namespace own enforces restricted/,
    ],
    unknown: deployment("own", {
      resources: { limits: pinned },
      securityContext: { capabilities: { add: ["LATER"] } },
    }),
  },
  "dpdk-network-policy-covers-networks": {
    violates: [
      [
        network("policy", "a"),
        deployment("policy", {}, on("a")),
        made("networking.k8s.io/v1:NetworkPolicy", { metadata: { namespace: "policy" }, spec: { podSelector: {} } }),
      ],
      /the policy selects Deployment .* and is not applied to its network a/,
    ],
    unknown: [
      deployment("policy", {}, on("LATER")),
      made("networking.k8s.io/v1:NetworkPolicy", { metadata: { namespace: "policy" }, spec: { podSelector: {} } }),
    ],
  },
};
