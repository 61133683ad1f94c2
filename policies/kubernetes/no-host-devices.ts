import { resourceRule } from "../rule";
import { podInRole, roleKey } from "./role";
import { hostPathOf, isWithin, volumesOf } from "./volumes";

export const noHostDevices = resourceRule({
  name: "dpdk-no-host-devices",
  displayName: "Devices come from their plugin",
  description:
    "A DPDK pod mounts none of /dev/vfio, /sys and /dev/hugepages of the node, nor a folder above or within them.",
  why: "What is taken from the node's folders the kubelet does not count: two pods drive one NIC or eat each other's hugepages, and one can unbind the NIC of SSH.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-device-plugin/tree/master/docs/dpdk",
  group: "kubernetes",
  severity: "critical",
  // A cluster on a laptop has no device plugin.
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Ask for the device plugin's resource and for `hugepages-SIZE`, and mount an emptyDir of medium HugePages. " +
    `What is a device plugin itself says \`${roleKey}: infrastructure\`.`,
  judge: (args) => {
    const pod = podInRole(args, "dpdk");
    if (typeof pod === "string") return pod;
    return volumesOf(pod).map((read) => () => {
      const volume = read();
      const path = hostPathOf(volume);
      return path === null ? [] : mistakes(volume.where, path);
    });
  },
});

const takeDevice = "ask for the device plugin's resource instead";
const takePages = "ask for hugepages and mount an emptyDir of medium HugePages instead";

/** What is the node's own, and where a pod has it from. */
const ofNode = [
  ["/dev/vfio", takeDevice],
  ["/sys", takeDevice],
] as const;

/** What has several names: character devices of uio, mounts of hugetlbfs. */
const likeIt = [
  [/^\/dev\/uio\d*(\/|$)/, takeDevice],
  [/^\/(dev\/hugepages|mnt\/huge|hugepages)[^/]*(\/|$)/, takePages],
] as const;

function mistakes(where: string, path: string): string[] {
  const found =
    ofNode.find(([folder]) => isWithin(path, folder) || isWithin(folder, path)) ??
    likeIt.find(([pattern]) => pattern.test(path));
  if (found === undefined) return [];
  const [shown, instead] = found;
  const within = typeof shown === "string" && shown !== path && isWithin(shown, path) ? `, with ${shown} in it,` : "";
  return [`${where} is hostPath ${path}${within} of the node, which nobody counts and shares out; ${instead}`];
}
