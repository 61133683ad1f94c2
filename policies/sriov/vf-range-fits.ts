import { partsOf } from "../parts";
import { type Finding, resourceRule } from "../rule";
import { objectOf, type SriovObject } from "./objects";
import { vfRangesOf } from "./vf-range";

export const vfRangeFits = resourceRule({
  name: "dpdk-vf-range-fits",
  displayName: "A range is of functions that are made",
  description: "A range of virtual functions is written `eno1#0-3`, and ends below numVfs.",
  why: "The operator cannot read anything else, and applies no policy to the node: functions beyond numVfs are never made.",
  source: "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/pkg/webhook/validate.go",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Count from 0: of `numVfs: 8` the last is 7, as in `eno1#4-7`.",
  judge: (args) => {
    const policy = objectOf(args, "SriovNetworkNodePolicy");
    if (policy === null) return "the resource is no SR-IOV policy";
    return partsOf(() => {
      const names: string[] = policy.spec().nicSelector?.pfNames ?? [];
      return [...names.keys()].map((at) => () => mistakes(`nicSelector.pfNames[${at}]`, String(names[at]), policy));
    });
  },
});

function mistakes(where: string, text: string, { spec }: SriovObject): Finding[] {
  const found = vfRangesOf(text);
  const [range] = found ?? [];
  if (range === undefined || (range.isWritten && !/#\d+-\d+$/.test(text)))
    return [`${where} is ${text}, which the operator cannot read; write NAME or NAME#FIRST-LAST, as eno1#0-3`];
  if (!range.isWritten) return [];
  if (range.last < range.first)
    return [`${where} is ${text}, which ends before it begins; write the lower number first`];
  const made = spec().numVfs;
  if (range.last >= made)
    return [
      `${where} is ${text} and numVfs is ${made}, of which the last is ${made - 1}; end there, or make more functions`,
    ];
  return [];
}
