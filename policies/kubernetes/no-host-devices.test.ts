import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType } from "./dpdk-pod.fixture";
import { noHostDevices as rule } from "./no-host-devices";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const volumes = (...paths: string[]): Props => ({
  volumes: paths.map((path, at) => ({ name: `v${at}`, hostPath: { path } })),
});
const judged = (...paths: string[]) => judge(rule, podType, dpdkPod({}, volumes(...paths)));

test("hugepages from an emptyDir, and folders of the node that show no device, pass", async () => {
  assert.deepEqual(await judge(rule, podType, dpdkPod()), passes);
  assert.deepEqual(
    await judged(
      "/var/run/openvswitch",
      "/dev/shm",
      "/dev/net/tun",
      "/system",
      "/mnt/data",
      "/dev/vfiox",
      "/usr/src",
      "/dev/uiox",
    ),
    passes,
  );
});

test("the node's devices, /sys and hugepages are refused, and what is above and within them", async () => {
  const paths: [path: string, says: RegExp][] = [
    ["/dev/vfio", /hostPath \/dev\/vfio of the node.*ask for the device plugin's resource/],
    ["/dev/vfio/vfio", /hostPath \/dev\/vfio\/vfio of the node/],
    ["/sys", /hostPath \/sys of the node.*device plugin's resource/],
    ["/sys/bus/pci/", /hostPath \/sys\/bus\/pci of the node/],
    ["/dev/hugepages", /hostPath \/dev\/hugepages of the node.*mount an emptyDir of medium HugePages/],
    ["/dev/hugepages/0", /hostPath \/dev\/hugepages\/0 of the node.*emptyDir/],
    ["/dev/hugepages1G", /hostPath \/dev\/hugepages1G of the node.*emptyDir/],
    ["/mnt/huge", /hostPath \/mnt\/huge of the node.*emptyDir/],
    ["/mnt/huge_1GB/a", /emptyDir of medium/],
    ["/hugepages", /emptyDir of medium/],
    ["/dev/uio0", /hostPath \/dev\/uio0 of the node.*device plugin's resource/],
    ["/dev/uio0/map", /hostPath \/dev\/uio0\/map of the node.*device plugin's resource/],
    ["/dev", /hostPath \/dev, with \/dev\/vfio in it, of the node/],
    ["/", /hostPath \/, with \/dev\/vfio in it, of the node/],
  ];
  for (const [path, says] of paths) {
    const { violations } = await judged("/var/run", path);
    assert.match(violations.join(), says);
    assert.match(violations.join(), /volumes\[1\] \(v1\)/);
    assert.equal(violations.length, 1, path);
  }
});

test("a path that is not known yet does not hide the one beside it", async () => {
  const { violations, unjudged } = await judged(unknown, "/sys");
  assert.match(violations.join(), /volumes\[1\] \(v1\) is hostPath \/sys/);
  assert.match(unjudged.join(), /hostPath\.path can't be known during preview/);
});

test("a device plugin, a pod that is not of DPDK and what is no pod are left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
  assert.deepEqual((await judge(rule, podType, { spec: volumes("/sys") })).notApplicable, ["the pod's role is other"]);
  const plugin = await judge(rule, podType, pluginPod(limited({}), volumes("/sys")));
  assert.deepEqual(plugin.notApplicable, ["the pod's role is infrastructure"]);
});
