import { capabilitiesOf } from "./nic-mode";
import { FOLDER, HUGEPAGES } from "./pod-files";
import type { DpdkWorkloadArgs } from "./workload-args";
import { CPUS, MEMORY, METRICS_PORT } from "./workload-defaults";

/** Label of every data plane's pod. */
export const OF_ALL = { "app.kubernetes.io/name": "pantheon-node" };

/** Labels by which a workload's pods are known. */
export function labelsOf(name: string): Record<string, string> {
  return { ...OF_ALL, "app.kubernetes.io/instance": name };
}

/** The same as the API server is asked with. */
export function selectorOf(name: string): string {
  return Object.entries(labelsOf(name))
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
}

/**
 * The pod: Guaranteed, with whole CPUs, hugepages and functions, and no right beyond what its NIC needs. A pod reads its files once, when
 * it starts, from the ConfigMap `files`, which has another name when they change.
 */
export function podTemplate(name: string, args: DpdkWorkloadArgs, files: string) {
  const { nic, runtime } = args;
  // A process of another user has none of its container's capabilities when it starts. The data plane gives them away once its ports are open.
  const user = nic.mode === "af-xdp" ? 0 : (args.user ?? 65532);
  return {
    metadata: {
      labels: labelsOf(name),
      annotations: {
        ...(nic.networks === undefined ? {} : { "k8s.v1.cni.cncf.io/networks": nic.networks.join(",") }),
        ...runtime?.annotations,
      },
    },
    spec: {
      ...(runtime === undefined ? {} : { runtimeClassName: runtime.class }),
      ...(args.priorityClass === undefined ? {} : { priorityClassName: args.priorityClass }),
      ...(args.nodeSelector === undefined ? {} : { nodeSelector: { ...args.nodeSelector } }),
      ...(args.tolerations === undefined ? {} : { tolerations: args.tolerations.map((each) => ({ ...each })) }),
      affinity: apart(name),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: user !== 0,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [container(args)],
      volumes: [
        { name: "files", configMap: { name: files, defaultMode: 0o440 } },
        { name: "hugepages", emptyDir: { medium: `HugePages-${args.hugepages.size}` } },
        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      ],
    },
  };
}

/** Two validators of one machine fail together. */
function apart(name: string) {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: labelsOf(name) }, topologyKey: "kubernetes.io/hostname" },
      ],
    },
  };
}

function container({ image, nic, hugepages, cpus = CPUS, memory = MEMORY, kind, dataPlane }: DpdkWorkloadArgs) {
  const amounts = {
    cpu: String(cpus),
    memory,
    [`hugepages-${hugepages.size}`]: hugepages.amount,
    [nic.resource]: String(nic.count ?? 1),
  };
  const pod = kind === "Deployment" ? "node" : "$(POD_NAME)";
  return {
    name: "node",
    image,
    args: [`--config=${FOLDER}/${pod}.toml`, "--in-pod", "--dpdk-enabled"],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "RUNTIME_DIRECTORY", value: "/run/pantheonchain" },
    ],
    ports: [{ name: "metrics", containerPort: dataPlane.metricsPort ?? METRICS_PORT }],
    resources: { requests: amounts, limits: { ...amounts } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: [...capabilitiesOf[nic.mode ?? "vfio"]] },
    },
    // Over HTTP, which the control thread answers: a command in the container would be a process on CPUs that poll.
    startupProbe: { httpGet: health, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { httpGet: health, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { httpGet: health, periodSeconds: 30, timeoutSeconds: 10 },
    volumeMounts: [
      { name: "files", mountPath: FOLDER, readOnly: true },
      { name: "hugepages", mountPath: HUGEPAGES },
      { name: "run", mountPath: "/run/pantheonchain" },
    ],
  };
}

const health = { path: "/healthz", port: "metrics" };
