import type * as pulumi from "@pulumi/pulumi";
import type { CheckAccess } from "./check-resource";
import type { NicMode } from "./nic-mode";

/** One data plane for each node that is named: a pod with functions, hugepages and whole CPUs of its own. */
export interface DpdkWorkloadArgs {
  /**
   * Namespace, made by the component unless `namespaceExists`. It is for DPDK pods alone: it admits what Pod Security's baseline
   * refuses (IPC_LOCK). Default `pantheonchain`.
   */
  readonly namespace?: string;
  /** The namespace is somebody else's; it must have the label `pod-security.kubernetes.io/enforce: privileged`. Default false. */
  readonly namespaceExists?: boolean;
  /** pantheon-node's image with its digest. Example: `registry.example.com/pantheon-node@sha256:…`. */
  readonly image: pulumi.Input<string>;
  /** The pods, one each, in this order: `NAME-0` is the first. */
  readonly nodes: readonly WorkloadNode[];
  /**
   * `StatefulSet` keeps a pod's name and frees its functions before the next one needs them. `Deployment` is for one node; it is replaced
   * without surge for the same reason. Default `StatefulSet`.
   */
  readonly kind?: "StatefulSet" | "Deployment";
  readonly nic: WorkloadNic;
  readonly hugepages: WorkloadHugepages;
  /** Whole CPUs, two at least: the first one is the control thread's, the others poll. Requests are the limits. Default 2. */
  readonly cpus?: number;
  /** Memory beside hugepages, as Kubernetes writes it. Requests are the limits. Default `512Mi`. */
  readonly memory?: string;
  readonly dataPlane: WorkloadDataPlane;
  /** Labels of Kubernetes nodes on which pods may run. Default: any that has the resources. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly { key: string; operator?: string; value?: string; effect?: string }[];
  /**
   * Runtime class, and annotations that only it understands (`cpu-load-balancing.crio.io: disable`): CRI-O ignores them without the
   * class, so they go together. Default: none.
   */
  readonly runtime?: { readonly class: string; readonly annotations: Readonly<Record<string, string>> };
  /** Priority class, so that something cheaper is evicted first. Default: none. */
  readonly priorityClass?: string;
  /** User and group of the process, and the group of its hugepages. Default 65532, the image's own; 0 with `nic.mode: af-xdp`, whose start needs capabilities. */
  readonly user?: number;
  /** How many pods an eviction may take at once; 1 lets a node be drained. Default 1. */
  readonly maxUnavailable?: number;
  /**
   * Seconds without another pod that becomes ready, after which a roll-out is told as failed; a long one of many pods is none. The pods stay as
   * they are, and the next update goes on or takes the change back. Default 600, as of Kubernetes' Deployment.
   */
  readonly progressDeadlineSeconds?: number;
  /**
   * How the cluster is entered to follow the roll-out: an update then ends once all pods are what was asked for and ready, says meanwhile
   * who waits for what, and a destroy ends once the pods have. Default: Kubernetes' provider waits, and 4.18 takes the status of before a
   * change for that of after it, so an update may end at once (pulumi-kubernetes #3329), or after ten minutes whatever is left to do.
   */
  readonly rollout?: CheckAccess;
}

export interface WorkloadNode {
  /** IPv4 address of its first port, with the bits of its network. Example: `10.78.0.1/24`. Left out: it talks to nobody. */
  readonly address?: string;
}

export interface WorkloadNic {
  /** As the device plugin offers it. Example: `openshift.io/data_plane`; without hyphen behind the slash, for it becomes a variable. */
  readonly resource: string;
  /** Functions of a pod, each a port. Default 1. */
  readonly count?: number;
  /**
   * How the function is driven; it decides the capabilities. Default `vfio`. `af-xdp` needs an image with the driver `net_af_xdp` and
   * `networks`, whose CNI moves the interfaces into the pod.
   */
  readonly mode?: NicMode;
  /**
   * Networks (`NAMESPACE/NAME` or `NAME`) that stand for the functions, as many as there are: Multus then asks the CNI to set VLAN and
   * addresses. Default: none, for a cluster without Multus.
   */
  readonly networks?: readonly string[];
}

export interface WorkloadHugepages {
  /** A size that the node has set aside at boot. */
  readonly size: "1Gi" | "2Mi";
  /** A multiple of it. Example: `1Gi`. Requests are the limits. */
  readonly amount: string;
}

export interface WorkloadDataPlane {
  /** Which network the nodes are of; others' frames are dropped. */
  readonly networkId: string;
  /** UDP port of 1024 or above. Default 30900. */
  readonly port?: number;
  /** Addresses of nodes that are not of this workload. */
  readonly peers?: readonly { readonly name: string; readonly address: string; readonly port: number }[];
  /** `adaptive` sleeps while nothing arrives. Default `busy-wait`. */
  readonly pollMode?: "busy-wait" | "adaptive";
  /** Threads behind the polling ones; each takes one of the CPUs. Default 0. */
  readonly consensusThreads?: number;
  readonly transactionPoolThreads?: number;
  /** Queue length, a power of two. Default 1024. */
  readonly descriptors?: number;
  /** TCP port on which `/metrics` and `/healthz` are answered, by the control thread. Default 9464. */
  readonly metricsPort?: number;
}
