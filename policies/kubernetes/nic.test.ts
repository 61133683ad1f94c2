import assert from "node:assert/strict";
import { test } from "node:test";
import { drivesNic, nicOf } from "./nic";

const container = (...names: string[]) => ({
  where: "c",
  isInit: false,
  props: { resources: { limits: Object.fromEntries(names.map((name) => [name, "1"])) } },
});

test("the names of resources tell what kind of NIC it is, or do not", () => {
  const mlx = [
    ..."nvidia.com/mlx nvidia.com/mlnxnics mellanox.com/vf x/connectx6 x/cx6_vf x/dpu_cx7 x/bluefield3".split(" "),
    ..."rdma/shared x/rdma0 intel.com/roce x/hca_shared_devices_a x/ib_hca openshift.io/mlx5dpdk cx6.example.com/vf hca.example.com/vf".split(
      " ",
    ),
  ];
  const vfio = [
    ..."intel.com/sriov x/vfio openshift.io/x710 openshift.io/xxv710 x/xl710 x/x520 x/x540 x/x550 x/e810 x/e830".split(
      " ",
    ),
    ..."x/82599 x/iavf amazonaws.com/ena_dpdk x/ena ena.example.com/vf".split(" "),
  ];
  const untold = ["openshift.io/dpdk1", "example.com/arena", "example.com/incx6"];
  for (const name of mlx) assert.equal(nicOf(container(name)), "mlx", name);
  for (const name of vfio) assert.equal(nicOf(container(name)), "vfio", name);
  for (const name of untold) assert.equal(nicOf(container(name)), "untold", name);
  assert.equal(nicOf(container("hugepages-1Gi")), "untold");
  assert.equal(nicOf(container("intel.com/sriov", "nvidia.com/mlnxnics")), "mlx");
});

test("a program drives a NIC where it has hugepages beside it, or the name says so", () => {
  for (const names of [
    ["example.com/port", "hugepages-1Gi"],
    ["x/e810_vfio"],
    ["x/dpdk1"],
    ["x/uio"],
    ["rdma/hca_a"],
    ["x/mlxnics"],
    ["x/rdma_netdevice"],
  ])
    assert.equal(drivesNic(container(...names)), true, names.join());
  for (const names of [
    ["hugepages-1Gi"],
    ["intel.com/sriov"],
    ["intel.com/intel_sriov_netdevice"],
    ["mellanox.com/mlnx_netdevice"],
    ["x/kernel_cx5"],
    [],
  ])
    assert.equal(drivesNic(container(...names)), false, names.join());
});
