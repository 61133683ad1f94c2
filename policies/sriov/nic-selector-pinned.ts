import { anyOf } from "../parts";
import { resourceRule } from "../rule";
import { objectOf, type Props } from "./objects";

export const nicSelectorPinned = resourceRule({
  name: "dpdk-nic-selector-pinned",
  displayName: "A policy names its NICs",
  description: "A policy's nicSelector has pfNames, rootDevices or a netFilter, beside vendor and device.",
  why: "Vendor and device alone take every NIC of the kind, the one that carries the node's own traffic too, and change with what is plugged in.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-device-plugin/issues/310",
  group: "sriov",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Add `pfNames` (`eno1`, `eno1#0-3`), `rootDevices` (a PCI address) or, in a cloud, `netFilter`.",
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy === null) return "the resource is no SR-IOV policy";
    if (policy.isPatch) return "a patch leaves the selector to the policy";
    return [
      () => {
        const selector: Props = policy.spec().nicSelector ?? {};
        const given = anyOf(
          pins.map((name) => () => selector[name]),
          (value) => (typeof value === "string" ? value !== "" : Array.isArray(value) && value.length > 0),
        );
        if (given) return [];
        const written = Object.keys(selector).join(" and ") || "nothing";
        return [
          `nicSelector has ${written}, which takes every NIC of the kind, the node's own too; add pfNames, rootDevices or netFilter`,
        ];
      },
    ];
  },
});

const pins = ["pfNames", "rootDevices", "netFilter"] as const;
