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

const huge = { resources: { limits: { "hugepages-1Gi": "1Gi" } } };
const vfio = { resources: { limits: { "intel.com/e810_vfio": "1" } } };
const volume = (path: string) => ({ volumes: [{ name: "host", hostPath: { path } }] });

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
  "dpdk-hugepages-with-cpu-and-memory": {
    violates: [pod(huge), /has hugepages-1Gi and neither cpu nor memory/],
    unknown: pod({ resources: "LATER" }),
  },
  "dpdk-hugepages-mounted": {
    violates: [pod(huge), /has hugepages-1Gi and mounts no emptyDir/],
    unknown: pod({ ...huge, volumeMounts: "LATER" }, { volumes: [{ name: "h", emptyDir: { medium: "HugePages" } }] }),
  },
  "dpdk-hugepages-of-1gi": {
    violates: [pod({ resources: { limits: { "hugepages-2Mi": "64Mi" } } }), /has hugepages-2Mi, and pages of 1 GiB/],
    unknown: pod({ resources: "LATER" }),
  },
  "dpdk-guaranteed-whole-cpus": {
    violates: [pod(huge), /has no limit of cpu, so the pod is not Guaranteed/],
    unknown: pod({ resources: { limits: { "hugepages-1Gi": "1Gi", cpu: "LATER" } } }),
  },
  "dpdk-not-privileged": {
    violates: [pod({ securityContext: { privileged: true } }), /\(node\) is privileged/],
    unknown: pod({ securityContext: { privileged: "LATER" } }),
  },
  "dpdk-capabilities-of-nic": {
    violates: [
      pod({ securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }),
      /adds SYS_ADMIN, which makes it root/,
    ],
    unknown: pod({ securityContext: { capabilities: { add: ["LATER"] } } }),
  },
  "dpdk-ipc-lock-with-device": {
    violates: [pod(vfio), /has intel\.com\/e810_vfio and not the capability IPC_LOCK/],
    unknown: pod({ ...vfio, securityContext: { capabilities: { add: ["LATER"] } } }),
  },
  "dpdk-no-host-devices": {
    violates: [pod(vfio, volume("/dev/vfio")), /is hostPath \/dev\/vfio of the node/],
    unknown: pod(vfio, volume("LATER")),
  },
  "dpdk-no-host-kubeconfig": {
    violates: [pod({}, volume("/root/.kube")), /is hostPath \/root\/\.kube, an administrator's kubeconfig/],
    unknown: pod({}, volume("LATER")),
  },
  "dpdk-seccomp-profile": {
    violates: [pod(vfio), /has no seccomp profile/],
    unknown: pod(vfio, { securityContext: { seccompProfile: { type: "LATER" } } }),
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
