import { z } from "zod";
import { count, field, name, pci, text } from "./fields";
import { labels, quiet } from "./schema-kubernetes-fields";
import { workloadSchema } from "./schema-workload";

const resource = () =>
  text(/^[A-Za-z0-9_]{1,63}$/, "must be letters, digits and _, because it becomes part of a variable's name");
const digested = () => text(/@sha256:[0-9a-f]{64}$/, "must be an image with its digest, NAME@sha256:DIGEST");

const cluster = field(
  z.union(
    [
      z.literal("lab"),
      z.strictObject({
        kubeconfig: field(
          z.string().min(1).optional(),
          "Its file; ~ is the home of who runs the engine. Default: that of KUBECONFIG, or ~/.kube/config.",
          {
            ...quiet,
            example: "~/.kube/config",
          },
        ),
        context: field(z.string().min(1).optional(), "Context in that file. Default: its current one.", {
          ...quiet,
          example: "validators",
        }),
        reachSeconds: field(
          count(1, 300).default(10),
          "How long the API server may take to answer before anything else is asked of it.",
          { unit: "seconds", ...quiet, example: 10 },
        ),
      }),
    ],
    { error: "must be `lab`, or a map with kubeconfig and context" },
  ),
  "An existing cluster, or `lab`: a control plane on this computer, which machines of the lab join.",
  { ...quiet, example: { context: "validators" } },
);

const pool = z.strictObject({
  resource: field(resource(), "Name behind the prefix; a pod asks for PREFIX/RESOURCE.", {
    ...quiet,
    example: "data_plane",
  }),
  addresses: field(
    z.array(pci()).min(1, "must name at least one function").optional(),
    "PCI addresses of functions on vfio-pci, on every node that the selector has.",
    { ...quiet, example: ["0000:01:10.0"] },
  ),
  nic: field(
    name().optional(),
    "In place of addresses: the virtual functions on vfio-pci of this NIC of this file's nodes.",
    { ...quiet, example: "data0" },
  ),
});

const devicePlugin = z.strictObject({
  image: field(digested().optional(), "The plugin's image. Default: in the lab the one that is built there.", {
    ...quiet,
    example: `registry.example.com/sriov-network-device-plugin@sha256:${"0".repeat(64)}`,
  }),
  nodeSelector: field(labels(), "Labels of the nodes that have the functions.", {
    ...quiet,
    example: { "pantheonchain.org/dpdk": "" },
  }),
  prefix: field(z.string().min(1).optional(), "In front of each resource's name. Default: pantheonchain.org.", {
    ...quiet,
    example: "pantheonchain.org",
  }),
  namespace: field(name().optional(), "Namespace, which must admit privileged pods. Default: kube-system.", {
    ...quiet,
    example: "kube-system",
  }),
  pools: field(z.array(pool).min(1, "must have at least one pool"), "Functions, each of one pool.", {
    ...quiet,
    example: [{ resource: "data_plane", nic: "data0" }],
  }),
});

const range = z.strictObject({
  first: field(count(0, 255), "First function, counted from 0.", { ...quiet, example: 0 }),
  last: field(count(0, 255), "Last function.", { ...quiet, example: 3 }),
});

const trust = z.strictObject({
  reason: field(z.string().min(1), "Why; kept as an annotation.", { ...quiet, example: "active-backup bond" }),
});

const operator = z.strictObject({
  namespace: field(name().optional(), "Namespace. Default: sriov-network-operator.", {
    ...quiet,
    example: "sriov-network-operator",
  }),
  chart: field(z.string().optional(), "The chart: an OCI address or a folder. Default: the project's own.", {
    ...quiet,
    example: "oci://ghcr.io/k8snetworkplumbingwg/sriov-network-operator-chart",
  }),
  version: field(z.string().optional(), "The chart's release. Default: 1.5.0.", { ...quiet, example: "1.5.0" }),
  certificates: field(z.enum(["cert-manager", "secrets"]), "Where the certificates of its webhooks come from.", {
    ...quiet,
    example: "cert-manager",
  }),
  nodeSelector: field(labels(), "Labels of the nodes whose NICs it configures; it drains them and may reboot them.", {
    ...quiet,
    example: { "node-role.kubernetes.io/validator": "" },
  }),
  singleNode: field(
    z.boolean().optional(),
    "Configure without draining, on a cluster of one node alone. Default: false.",
    { ...quiet, example: false },
  ),
  prefix: field(z.string().optional(), "In front of each resource's name. Default: openshift.io.", {
    ...quiet,
    example: "openshift.io",
  }),
  extraNics: field(
    z.array(z.string()).optional(),
    'NICs that its list does not have, NAME: "VENDOR PF VF". Default: none.',
    { ...quiet, example: ['Intel_82576: "8086 10c9 10ca"'] },
  ),
});

const policy = z.strictObject({
  resource: field(resource(), "Name behind the operator's prefix.", { ...quiet, example: "data_plane" }),
  nodeSelector: field(labels(), "Labels of the nodes; the operator drains them.", {
    ...quiet,
    example: { "node-role.kubernetes.io/validator": "" },
  }),
  nic: z
    .strictObject({
      model: field(
        z.enum(["intel", "82576", "mellanox", "ena"]),
        "Decides the driver: vfio-pci, or mellanox' own with RDMA.",
        { ...quiet, example: "intel" },
      ),
      interfaces: field(z.array(z.string()).optional(), "Names of the physical functions.", {
        ...quiet,
        example: ["ens1f0"],
      }),
      addresses: field(z.array(pci()).optional(), "PCI addresses of the physical functions.", {
        ...quiet,
        example: ["0000:3b:00.0"],
      }),
      subnet: field(z.string().optional(), "Of ena: the subnet, in which nothing but DPDK's interfaces may be.", {
        ...quiet,
        example: "subnet-0a1b2c3d",
      }),
    })
    .meta({ description: "NICs by what they are and where; never by what they are alone." }),
  functions: field(count(1, 256), "Virtual functions of each NIC; a change drains the node.", { ...quiet, example: 8 }),
  range: field(range.optional(), "Which of them are this policy's. Default: all.", {
    ...quiet,
    example: { first: 0, last: 3 },
  }),
  mtu: field(count(68, 9702).optional(), "Bytes of a packet on the NIC. Default: its own.", {
    unit: "bytes",
    ...quiet,
    example: 9000,
  }),
  priority: field(count(0, 99).optional(), "0 is the highest. Default: 50.", { ...quiet, example: 50 }),
});

const network = z.strictObject({
  resource: field(resource(), "The policy's resource.", { ...quiet, example: "data_plane" }),
  podNamespace: field(name().optional(), "Namespace of the pods. Default: pantheonchain.", {
    ...quiet,
    example: "pantheonchain",
  }),
  vlan: field(count(1, 4094).optional(), "VLAN, set by the NIC. Default: none.", { ...quiet, example: 120 }),
  trust: field(
    trust.optional(),
    "The function may change its address and hear what is not its own. Default: it may not.",
    { ...quiet, example: { reason: "active-backup bond" } },
  ),
  maxTxRate: field(count(0, 400000).optional(), "Rate at most. Default: no limit.", {
    unit: "Mbit/s",
    ...quiet,
    example: 10000,
  }),
  linkState: field(
    z.enum(["auto", "enable", "disable"]).optional(),
    "The link as the function sees it. Default: auto.",
    { ...quiet, example: "auto" },
  ),
});

const drain = z.strictObject({
  nodeSelector: field(labels(), "Labels of the nodes.", {
    ...quiet,
    example: { "node-role.kubernetes.io/validator": "" },
  }),
  maxUnavailable: field(count(1, 1000).optional(), "Nodes that the operator drains at once. Default: 1.", {
    ...quiet,
    example: 1,
  }),
});

const several = <T extends z.ZodType>(schema: T, description: string) =>
  z.record(name(), schema).default({}).meta({ description });

/** What a cluster gets: the arguments of components/kubernetes by the same names. */
export const kubernetesSchema = z
  .strictObject({
    cluster,
    operator: operator.optional().meta({ description: "The SR-IOV network operator from its chart, webhooks on." }),
    policies: several(policy, "SriovNodePolicy: functions of NICs become a resource, through the operator."),
    networks: several(network, "SriovNetwork: what stands for a function, for Multus."),
    drains: several(drain, "SriovDrain: the pace at which the operator drains nodes."),
    devicePlugins: several(devicePlugin, "DevicePluginPool: the device plugin without the operator."),
    workloads: several(workloadSchema, "DpdkWorkload: pantheon-node in pods."),
  })
  .meta({ description: "What runs in a cluster of Kubernetes." });

/** As TypeScript tells keys that are left out from those that are undefined, which YAML has not. */
type Told<T> = T extends readonly (infer E)[]
  ? readonly Told<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Told<Exclude<T[K], undefined>> }
    : T;

export type KubernetesInput = Told<z.output<typeof kubernetesSchema>>;
