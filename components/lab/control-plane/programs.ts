import { join } from "node:path";
import type { ControlPlaneSpec } from "./spec";

/** A program of the control plane: how it is started, and which address says that it is well. */
export interface Program {
  readonly name: "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";
  readonly arguments: readonly string[];
  /** `https` ones have a certificate of the cluster's authority, or one of their own that nobody can check. */
  readonly health: { readonly url: string; readonly isChecked: boolean };
}

/** In the order in which they are started: each needs those before it. All listen on loopback alone. */
export function programsOf(spec: ControlPlaneSpec): Program[] {
  return [etcd(spec), apiserver(spec), controllerManager(spec), scheduler(spec)];
}

const here = "127.0.0.1";

function etcd({ folder, ports }: ControlPlaneSpec): Program {
  const clients = `http://${here}:${ports.etcd}`;
  const peers = `http://${here}:${ports.etcdPeers}`;
  return {
    name: "etcd",
    arguments: [
      "--name=lab",
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${clients}`,
      `--advertise-client-urls=${clients}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=lab=${peers}`,
      "--unsafe-no-fsync", // a lab's cluster is made anew, not recovered: the disk need not be waited for
      "--log-level=warn",
    ],
    health: { url: `${clients}/health`, isChecked: false },
  };
}

function apiserver({ folder, ports, services }: ControlPlaneSpec): Program {
  const certificate = (name: string) => join(folder, "certificates", name);
  return {
    name: "kube-apiserver",
    arguments: [
      `--etcd-servers=http://${here}:${ports.etcd}`,
      `--bind-address=${here}`,
      `--secure-port=${ports.api}`,
      `--service-cluster-ip-range=${services}`,
      "--endpoint-reconciler-type=none", // pods of a guest do not reach this computer's loopback under its own address
      "--allow-privileged=true",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      `--client-ca-file=${certificate("ca.crt")}`,
      `--tls-cert-file=${certificate("server.crt")}`,
      `--tls-private-key-file=${certificate("server.key")}`,
      `--kubelet-client-certificate=${certificate("apiserver-to-kubelet.crt")}`,
      `--kubelet-client-key=${certificate("apiserver-to-kubelet.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${certificate("service-account.key")}`,
      `--service-account-signing-key-file=${certificate("service-account.key")}`,
    ],
    health: { url: `https://${here}:${ports.api}/readyz`, isChecked: true },
  };
}

function controllerManager({ folder, ports, nodeGrace }: ControlPlaneSpec): Program {
  const name = "kube-controller-manager";
  return {
    name,
    arguments: [
      ...ofController(folder, name, ports.controllerManager),
      "--use-service-account-credentials=true", // without it no ReplicaSet is ever made
      `--service-account-private-key-file=${join(folder, "certificates", "service-account.key")}`,
      `--root-ca-file=${join(folder, "certificates", "ca.crt")}`,
      ...(nodeGrace === undefined ? [] : [`--node-monitor-grace-period=${nodeGrace}s`]),
    ],
    health: { url: `https://${here}:${ports.controllerManager}/healthz`, isChecked: false },
  };
}

function scheduler({ folder, ports }: ControlPlaneSpec): Program {
  const name = "kube-scheduler";
  return {
    name,
    arguments: ofController(folder, name, ports.scheduler),
    health: { url: `https://${here}:${ports.scheduler}/healthz`, isChecked: false },
  };
}

function ofController(folder: string, name: string, port: number): string[] {
  return [
    `--kubeconfig=${join(folder, `${name}.kubeconfig`)}`,
    "--leader-elect=false",
    `--bind-address=${here}`,
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, "certificates", name)}`,
  ];
}
