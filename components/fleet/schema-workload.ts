import { z } from "zod";
import { count, driver, field, name, text } from "./fields";
import { labels, quiet } from "./schema-kubernetes-fields";

const quantity = () => text(/^[1-9]\d{0,8}(Ki|Mi|Gi|Ti)$/, "must be a size as Kubernetes writes it, such as 512Mi");

const workloadNode = z.strictObject({
  address: field(
    text(
      /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
      "must be an IPv4 address with the bits of its network, such as 10.78.0.1/24",
    ).optional(),
    "Of its first port. Left out: it talks to nobody.",
    { ...quiet, example: "10.78.0.1/24" },
  ),
});

const peer = z.strictObject({
  name: field(name(), "Its name in counters.", { ...quiet, example: "elsewhere" }),
  address: field(z.string().min(1), "IPv4 or IPv6 address.", { ...quiet, example: "10.78.0.9" }),
  port: field(count(1, 65535), "UDP port.", { ...quiet, example: 30900 }),
});

const toleration = z.strictObject({
  key: field(z.string().min(1), "The taint's key.", { ...quiet, example: "dpdk" }),
  operator: field(z.string().optional(), "Exists or Equal. Default: Equal.", { ...quiet, example: "Exists" }),
  value: field(z.string().optional(), "The taint's value. Default: empty.", { ...quiet, example: "only" }),
  effect: field(z.string().optional(), "Which effect. Default: each.", { ...quiet, example: "NoSchedule" }),
});

const runtime = z.strictObject({
  class: field(z.string().min(1), "Name of the RuntimeClass.", { ...quiet, example: "performance" }),
  annotations: field(z.record(z.string(), z.string()), "Annotations of the pod that only it understands.", {
    ...quiet,
    example: { "cpu-load-balancing.crio.io": "disable" },
  }),
});

/** DpdkWorkload: pantheon-node in pods. */
export const workloadSchema = z.strictObject({
  namespace: field(name().optional(), "Namespace, made unless namespaceExists. Default: pantheonchain.", {
    ...quiet,
    example: "pantheonchain",
  }),
  namespaceExists: field(
    z.boolean().optional(),
    "The namespace is somebody else's and admits privileged pods. Default: false.",
    { ...quiet, example: false },
  ),
  kind: field(z.enum(["StatefulSet", "Deployment"]).optional(), "A Deployment is for one node. Default: StatefulSet.", {
    ...quiet,
    example: "StatefulSet",
  }),
  nodes: field(z.array(workloadNode).min(1, "must have at least one node"), "A pod each, NAME-0 the first.", {
    ...quiet,
    example: [{ address: "10.78.0.1/24" }],
  }),
  nic: z
    .strictObject({
      resource: field(
        z.string().regex(/^[a-z0-9.-]+\/[A-Za-z0-9_.]+$/, "must be PREFIX/RESOURCE as the device plugin offers it"),
        "What a pod asks for.",
        { ...quiet, example: "pantheonchain.org/data_plane" },
      ),
      count: field(count(1, 8).optional(), "Functions of a pod, each a port. Default: 1.", { ...quiet, example: 1 }),
      mode: field(
        z.enum(["vfio", "bifurcated", "af-xdp"]).optional(),
        "How the function is driven; decides the capabilities. af-xdp, an interface that stays the kernel's, needs networks. Default: vfio.",
        { ...quiet, example: "vfio" },
      ),
      networks: field(z.array(z.string()).optional(), "Networks of Multus, as many as functions. Default: none.", {
        ...quiet,
        example: ["data-plane"],
      }),
      driver: field(
        driver().optional(),
        "Kernel driver of the card, which says what DPDK's drivers an image that is built must have. Default: those of this file's nodes.",
        { ...quiet, example: "igb" },
      ),
    })
    .meta({ description: "The functions of a pod and how they are driven." }),
  hugepages: z
    .strictObject({
      size: field(z.enum(["1Gi", "2Mi"]), "A size that the node has set aside at boot.", { ...quiet, example: "1Gi" }),
      amount: field(quantity(), "A multiple of it; requests are the limits.", { ...quiet, example: "1Gi" }),
    })
    .meta({ description: "Hugepages of a pod." }),
  cpus: field(
    count(2, 1024).optional(),
    "Whole CPUs: the first is the control thread's, the others poll. Default: 2.",
    { unit: "CPUs", ...quiet, example: 4 },
  ),
  memory: field(quantity().optional(), "Memory beside hugepages. Default: 512Mi.", { ...quiet, example: "512Mi" }),
  dataPlane: z
    .strictObject({
      networkId: field(z.string().min(1), "Which network the nodes are of; others' frames are dropped.", {
        ...quiet,
        example: "pantheon-mainnet",
      }),
      port: field(count(1024, 65535).optional(), "UDP port. Default: 30900.", { ...quiet, example: 30900 }),
      peers: field(
        z.array(peer).optional(),
        "Nodes that are not of this workload. Those of this file and of one networkId are told by themselves.",
        { ...quiet, example: [{ name: "elsewhere", address: "10.78.0.9", port: 30900 }] },
      ),
      pollMode: field(
        z.enum(["busy-wait", "adaptive"]).optional(),
        "adaptive sleeps while nothing arrives. Default: busy-wait.",
        { ...quiet, example: "busy-wait" },
      ),
      consensusThreads: field(count(0, 64).optional(), "Threads for consensus, each on one of the CPUs. Default: 0.", {
        ...quiet,
        example: 1,
      }),
      transactionPoolThreads: field(
        count(0, 64).optional(),
        "Threads for the transaction pool, likewise. Default: 0.",
        {
          ...quiet,
          example: 1,
        },
      ),
      descriptors: field(count(64, 32768).optional(), "Queue length, a power of two. Default: 1024.", {
        ...quiet,
        example: 1024,
      }),
      metricsPort: field(count(1, 65535).optional(), "TCP port of /metrics and /healthz. Default: 9464.", {
        ...quiet,
        example: 9464,
      }),
    })
    .meta({ description: "What goes into dpdk.conf and config.toml of the pods." }),
  nodeSelector: field(labels().optional(), "Labels of Kubernetes nodes. Default: any that has the resources.", {
    ...quiet,
    example: { "pantheonchain.org/dpdk": "" },
  }),
  tolerations: field(z.array(toleration).optional(), "Taints that the pods bear. Default: none.", {
    ...quiet,
    example: [{ key: "dpdk", operator: "Exists" }],
  }),
  runtime: field(runtime.optional(), "Runtime class and the annotations that only it understands. Default: none.", {
    ...quiet,
    example: { class: "performance", annotations: { "cpu-load-balancing.crio.io": "disable" } },
  }),
  priorityClass: field(z.string().optional(), "So that something cheaper is evicted first. Default: none.", {
    ...quiet,
    example: "validators",
  }),
  user: field(count(1, 65535).optional(), "User and group of the process. Default: 65532, the image's own.", {
    ...quiet,
    example: 65532,
  }),
  progressDeadlineSeconds: field(
    count(1, 86400).optional(),
    "How long a roll-out may go without another pod that is ready before it is told as failed. Default: 600.",
    { unit: "s", ...quiet, example: 600 },
  ),
  maxUnavailable: field(count(1, 1000).optional(), "Pods that an eviction may take at once. Default: 1.", {
    ...quiet,
    example: 1,
  }),
});
