/** Which functions of which nodes' NICs become a resource, and how they are driven. */
export interface SriovNodePolicyArgs {
  /** Name of the resource behind the operator's prefix. Letters, digits and _: it becomes part of a variable. Example: `data_plane`. */
  readonly resource: string;
  /** Labels of the nodes. At least one: an empty selector is every node. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly nic: SriovNic;
  /** Virtual functions that each NIC is cut into; of `ena` always 1, an interface is its function. Changing it drains the node. */
  readonly functions: number;
  /** Which of them this policy takes, `first` to `last` counted from 0; another policy may have the rest. Default: all. */
  readonly range?: { readonly first: number; readonly last: number };
  /** Bytes of a packet on the NIC, 68 to 9702. Default: the NIC's own. */
  readonly mtu?: number;
  /** Which of two policies of one NIC counts: 0 is the highest, 99 the lowest (the CRD's own comment has it the other way round). Default 50. */
  readonly priority?: number;
  /** Namespace of the operator. Default `sriov-network-operator`. */
  readonly namespace?: string;
}

/** NICs are told by what they are and where, never by what they are alone: the management NIC may be of the same kind. */
export interface SriovNic {
  /**
   * `intel` and `82576` go to vfio-pci; `mellanox` stays with its driver, with RDMA, which DPDK's mlx5 works through; `ena` is an
   * interface of EC2, one function each, told by its subnet. No release of the operator up to 1.6.0 knows EC2 (its webhook: "vendor 1d0f is
   * not supported"): that needs one built from its main branch, or `DevicePluginPool` without the operator.
   */
  readonly model: "intel" | "82576" | "mellanox" | "ena";
  /** Names of the physical functions on the node. Example: `["ens1f0"]`. */
  readonly interfaces?: readonly string[];
  /** PCI addresses of the physical functions. Example: `["0000:3b:00.0"]`. */
  readonly addresses?: readonly string[];
  /** Of `ena`: the subnet, in which nothing but DPDK's interfaces may be. Example: `subnet-0a1b2c3d`. */
  readonly subnet?: string;
}
