/** A control plane that is to run on this computer. */
export interface ControlPlaneSpec {
  /** Its own folder, absolute: certificates, kubeconfigs, logs, records of its processes, etcd's data. */
  readonly folder: string;
  /** The program that holds all of Kubernetes' (tools/kubernetes). */
  readonly program: string;
  /** TCP ports of 127.0.0.1. */
  readonly ports: ControlPlanePorts;
  /** By which names and addresses its clients reach the API server, beside 127.0.0.1: a guest under QEMU's 10.0.2.2. */
  readonly hosts: readonly string[];
  /** Names of the nodes that may join; each has a kubeconfig of its own. */
  readonly nodes: readonly string[];
  /** Addresses of services. */
  readonly services: string;
  /** Grows by one with every start that a missing process made necessary. */
  readonly incarnation: number;
  /** Seconds without a sign of life after which a node is not ready. Default: Kubernetes' own, 50. */
  readonly nodeGrace?: number;
  /** Seconds from its start until all of it is well. */
  readonly limit: number;
}

export interface ControlPlanePorts {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly api: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}
