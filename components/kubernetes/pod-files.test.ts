import assert from "node:assert/strict";
import { test } from "node:test";
import { filesName } from "./files-name";
import { podFiles } from "./pod-files";
import { workloadArgs } from "./workload.fixture";

const nic = { resource: "openshift.io/data_plane" };

test("each pod has a file of its own name, in which the others are its peers", () => {
  const files = podFiles("validators", workloadArgs());
  assert.deepEqual(Object.keys(files), ["dpdk.conf", "validators-0.toml", "validators-1.toml"]);
  assert.match(
    files["validators-0.toml"] ?? "",
    /listen_address = "10\.78\.0\.1"\nlisten_port = 30900\nlisten_prefix = 24\n/,
  );
  assert.match(files["validators-0.toml"] ?? "", /name = "validators-1"\naddress = "10\.78\.0\.2"\nport = 30900\n$/);
  assert.doesNotMatch(files["validators-1.toml"] ?? "", /name = "validators-1"/);
});

test("CPUs are counted from 0, the first one left to the control thread; functions come from the device plugin's variable", () => {
  const files = podFiles("validators", workloadArgs({ cpus: 4, nic: { ...nic, count: 2 } }));
  const conf = files["dpdk.conf"] ?? "";
  assert.match(conf, /eal-args = -l 1-3 -n 4 --proc-type=primary --huge-dir=\/dev\/hugepages\n/);
  assert.match(conf, /port-0-pci = \$PCIDEVICE_OPENSHIFT_IO_DATA_PLANE\[0\]\n/);
  assert.match(conf, /port-1-pci = \$PCIDEVICE_OPENSHIFT_IO_DATA_PLANE\[1\]\n/);
  assert.match(files["validators-0.toml"] ?? "", /cpu_cores = \[1, 2, 3\]/);
  assert.match(files["validators-0.toml"] ?? "", /network_threads = 2\n/);
});

test("ports of AF_XDP are the interfaces that Multus makes of the pod's networks", () => {
  const xdp = { ...nic, count: 2, mode: "af-xdp" as const, networks: ["sriov/one", "two@wire"] };
  const conf = podFiles("validators", workloadArgs({ cpus: 4, nic: xdp }))["dpdk.conf"] ?? "";
  const program = "xdp_prog=/opt/pantheonchain/lib/xsk_def_xdp_prog.o";
  assert.match(
    conf,
    new RegExp(`--no-pci --vdev=net_af_xdp0,iface=net1,${program} --vdev=net_af_xdp1,iface=wire,${program}`),
  );
  assert.match(conf, /^port-0-pci = net_af_xdp0$/m);
  assert.match(conf, /^port-1-pci = net_af_xdp1$/m);
});

test("hugepages of the pod are all the memory that DPDK takes", () => {
  const large = podFiles("a", workloadArgs({ hugepages: { size: "1Gi", amount: "2Gi" } }))["dpdk.conf"];
  assert.match(large ?? "", /hugepage-size = 1G\nnum-hugepages = 2\nsocket-mem = 2048\n/);
  const small = podFiles("a", workloadArgs({ hugepages: { size: "2Mi", amount: "256Mi" } }))["dpdk.conf"];
  assert.match(small ?? "", /hugepage-size = 2M\nnum-hugepages = 128\nsocket-mem = 256\n/);
});

test("a Deployment's pod, whose name nobody knows, reads node.toml", () => {
  const files = podFiles("validator", workloadArgs({ kind: "Deployment", nodes: [{ address: "10.78.0.1/24" }] }));
  assert.deepEqual(Object.keys(files), ["dpdk.conf", "node.toml"]);
});

test("nodes elsewhere are peers of all", () => {
  const peers = [{ name: "elsewhere", address: "10.78.0.9", port: 30901 }];
  const files = podFiles("validators", workloadArgs({ dataPlane: { networkId: "lab", peers } }));
  for (const pod of [0, 1])
    assert.match(
      files[`validators-${pod}.toml`] ?? "",
      /name = "elsewhere"\naddress = "10\.78\.0\.9"\nport = 30901\n$/,
    );
});

test("a pair that cannot work is refused with the pod, the key and the change", () => {
  const dataPlane = { networkId: "lab", consensusThreads: 4 };
  assert.throws(
    () => podFiles("validators", workloadArgs({ dataPlane })),
    /^KubernetesError: validators-0: config\.toml \[performance\]/,
  );
});

test("the name of the files changes with each of them", () => {
  const one = filesName("validators", podFiles("validators", workloadArgs()));
  const other = filesName("validators", podFiles("validators", workloadArgs({ dataPlane: { networkId: "other" } })));
  assert.match(one, /^validators-[0-9a-f]{16}$/);
  assert.notEqual(one, other);
});
