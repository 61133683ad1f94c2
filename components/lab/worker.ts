import { readFileSync } from "node:fs";
import type { TarEntry } from "./tar";

/** What makes a guest a worker of a cluster of Kubernetes: what kubeadm and a distribution's packages leave on a server. */
export interface WorkerSpec {
  /** Name of its node. */
  readonly node: string;
  /** Absolute path of its kubeconfig on this computer; read when the guest's disk is made. */
  readonly kubeconfig: string;
  /** Absolute path of the program that holds the kubelet; likewise. */
  readonly program: string;
  /** The lab's registry as guests reach it, which speaks HTTP: `10.0.2.2:PORT`. */
  readonly registry: string;
  /** The image that holds a pod's namespaces, `REGISTRY/pause:lab`. */
  readonly pause: string;
  /** Address of the guest in the lab's own network. */
  readonly address: string;
  /** Labels with which it joins. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the kubelet of a worker looks for settings beside its own file: those of DPDK come there later. */
export const KUBELET_CONFIG_FOLDER = "/etc/kubernetes/kubelet.conf.d";

/** The units that a worker's first boot enables and starts (tools/lab-disk, lab-seed). */
const units = ["containerd.service", "kubelet.service"];

/** The files of a worker: containerd, a network for pods within the guest, and a kubelet that joins. Debian's containerd is on the lab's disk. */
export function workerFiles(spec: WorkerSpec): TarEntry[] {
  return [
    file("etc/containerd/config.toml", containerd(spec)),
    file(`etc/containerd/certs.d/${spec.registry}/hosts.toml`, registry(spec.registry)),
    file("etc/systemd/system/containerd.service.d/memlock.conf", memlock),
    file("etc/cni/kubernetes.d/10-pods.conflist", podNetwork),
    file("etc/systemd/system/kubelet.service", kubeletUnit(spec)),
    file("var/lib/kubelet/config.yaml", kubeletSettings),
    { ...file("etc/kubernetes/kubelet.kubeconfig", readFileSync(spec.kubeconfig)), mode: 0o600 },
    folder(KUBELET_CONFIG_FOLDER),
    { ...file("usr/local/bin/kubelet", readFileSync(spec.program)), mode: 0o755 },
    file("etc/lab-units", `${units.join("\n")}\n`),
  ];
}

/**
 * device_ownership_from_security_context: a user that is not root opens /dev/vfio/N. Without config_path the registry would be asked over TLS.
 * (https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md)
 */
function containerd({ pause }: WorkerSpec): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pause}"
  device_ownership_from_security_context = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/kubernetes.d"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
`;
}

function registry(name: string): string {
  return `server = "http://${name}"

[host."http://${name}"]
  capabilities = ["pull", "resolve"]
`;
}

// What a device writes to is locked memory; containers inherit containerd's limit, 8 MiB of Debian's own unit.
const memlock = `[Service]
LimitMEMLOCK=infinity
`;

// Without masquerading: pods of the lab have nothing to ask outside of their guest.
const podNetwork = `${JSON.stringify(
  {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipam: { type: "host-local", ranges: [[{ subnet: "10.244.0.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] },
      },
    ],
  },
  undefined,
  1,
)}\n`;

// The lab's API server does not reach its guests, so nothing asks the kubelet and nobody may.
const kubeletSettings = `${JSON.stringify(
  {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: {} },
    authorization: { mode: "AlwaysAllow" },
    address: "127.0.0.1",
    cgroupDriver: "systemd",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    failSwapOn: false,
    resolvConf: "",
  },
  undefined,
  1,
)}\n`;

function kubeletUnit({ node, address, labels }: WorkerSpec): string {
  const labelled = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const words = [
    "/usr/local/bin/kubelet",
    "--config=/var/lib/kubelet/config.yaml",
    `--config-dir=${KUBELET_CONFIG_FOLDER}`,
    "--kubeconfig=/etc/kubernetes/kubelet.kubeconfig",
    `--hostname-override=${node}`,
    `--node-ip=${address}`,
    ...(labelled.length === 0 ? [] : [`--node-labels=${labelled.join(",")}`]),
  ];
  return `[Unit]
Description=Kubernetes node agent
After=containerd.service
Wants=containerd.service

[Service]
ExecStart=${words.join(" ")}
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
}

function file(path: string, content: string | Buffer): TarEntry {
  return { path, mode: 0o644, uid: 0, gid: 0, content };
}

function folder(path: string): TarEntry {
  return { path: `${path.slice(1)}/`, mode: 0o755, uid: 0, gid: 0, content: "" };
}
