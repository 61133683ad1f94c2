import { resourceRule } from "../rule";
import { hugepagesOf, perContainer } from "./pod";
import { quantityOf } from "./quantity";
import { podInRole } from "./role";

/** On ARM with 64 KiB pages the large ones are of 512 MiB (Linux, Documentation/arch/arm64/hugetlbpage.rst). */
const smallest = "512Mi";

export const hugepagesOf1gi = resourceRule({
  name: "dpdk-hugepages-of-1gi",
  displayName: "Hugepages are of 1 GiB",
  description: "A DPDK container's hugepages are of 1 GiB rather than of 2 MiB.",
  why: "With pages of 2 MiB the buffers of a DPDK port take hundreds of TLB entries, and each miss costs as much as a packet.",
  source: "https://doc.dpdk.org/guides/linux_gsg/sys_reqs.html",
  group: "kubernetes",
  severity: "low",
  // A laptop has no 1 GiB in one piece to give.
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps:
    "Reserve pages of 1 GiB on the node's kernel command line and ask for `hugepages-1Gi`, in the volume's medium too.",
  judge: (args) => {
    const pod = podInRole(args, "dpdk");
    if (typeof pod === "string") return pod;
    return perContainer(pod, (container) =>
      hugepagesOf(container)
        .filter((name) => quantityOf(name.slice("hugepages-".length)) < quantityOf(smallest))
        .map((name) => () => [
          {
            warning: `${container.where} has ${name}, and pages of 1 GiB need far fewer TLB entries; reserve them at boot and ask for hugepages-1Gi`,
          },
        ]),
    );
  },
});
